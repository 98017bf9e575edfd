-- The facts every case understands without being told, each with its form,
-- and the two states in which a case can end without its script saying so.
-- They are rows of the schema, so that documents and forms know them too. Those
-- with `own` a script may write itself, with a form and effects of its own.

local OFFICE = { "clerk", "section_head", "deputy", "director" }
local HEADS = { "section_head", "deputy", "director" }
local REASON = { "reason", "理由", "text", required = true }

local builtins = {}

builtins.facts = {
  { "opened", "立案", by = OFFICE, form = {} },
  { "noted", "记事", by = OFFICE, form = {
    { "text", "内容", "text", required = true }, { "files", "附件", "files" } } },
  { "corrected", "更正", by = OFFICE, form = {
    { "fact", "更正哪件事", "text", required = true }, REASON,
    { "data", "更正后的内容", "data" }, { "occurred", "发生日期", "date" } } },
  { "paused", "暂停", by = HEADS, form = {
    REASON, { "deadline", "期限", "text" }, { "basis", "依据", "text" },
    { "paper", "依据材料", "files" } } },
  { "resumed", "恢复", by = HEADS, form = {
    { "reason", "理由", "text" }, { "deadline", "期限", "text" } } },
  { "extension_requested", "申请延期", by = OFFICE, any_unit = true, form = {
    REASON, { "progress", "进展", "text" }, { "until", "申请延至", "date" },
    { "deadline", "期限", "text" } } },
  { "extension_granted", "准予延期", by = HEADS, form = {
    { "to", "延至", "date" }, { "workdays", "延长工作日数", "integer", min = 1 },
    { "reason", "理由", "text" }, { "deadline", "期限", "text" } } },
  { "extension_refused", "不予延期", by = HEADS, form = {
    REASON, { "deadline", "期限", "text" } } },
  { "handed_over", "交接", by = OFFICE, form = {
    { "from", "移交人", "person", required = true }, { "to", "接交人", "person", required = true },
    { "witness", "监交人", "person" }, { "reason", "事由", "text" },
    { "fields", "移交的字段", "list", item = "text" } } },
  { "succeeded", "单位承接", by = HEADS, form = {
    { "from", "原单位", "unit", required = true }, { "to", "承接单位", "unit", required = true },
    { "since", "自何日起", "date" }, { "reason", "依据", "text" },
    { "fields", "承接的字段", "list", item = "text" } } },
  { "withdrawn", "撤回", by = HEADS, form = { REASON } },
  { "voided", "作废", by = HEADS, form = { REASON } },
  { "reopened", "重开", by = HEADS, form = { REASON } },
  { "split", "拆分", by = HEADS, own = true, form = {
    REASON, { "into", "拆分为", "list", item = "text" } } },
  { "merged", "合并", by = HEADS, own = true, form = {
    REASON, { "into", "并入案件", "text", required = true } } },
  { "linked", "关联", by = OFFICE, form = {
    { "case", "关联案件", "text", required = true }, { "reason", "事由", "text" } } },
  { "seen", "已阅", by = OFFICE, form = { { "text", "批注", "text" } } },
  { "promised", "承诺", by = OFFICE, any_unit = true, form = {
    { "by", "承诺完成日期", "date", required = true }, { "text", "承诺内容", "text" },
    { "person", "承诺人", "text" } } },
  { "proposed_again", "重新提请", by = OFFICE, form = {
    { "step", "哪一级", "text", required = true }, { "reason", "理由", "text" } } },
}

builtins.states = {
  { "withdrawn", "已撤回" },
  { "voided", "已作废" },
}

builtins.child_closed = "child_closed"

return builtins
