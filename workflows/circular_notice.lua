-- 通报：拟稿 → 征求被通报单位意见（申辩）→ 会签 → 编委审定 → 印发 → 跟踪整改；一期可以通报多件
local function names(list, one)
  for _, each_one in ipairs(list or {}) do
    if each_one == one then return true end
  end
  return false
end

return workflow "通报" {
  id = "circular_notice", code = "TB",
  counts = "from_next_day", lands = "next_workday",

  settings = {
    hearing = { "申辩时限", workdays(5), min = workdays(3), max = workdays(10) },
    sign    = { "会签时限", workdays(5) },
    follow  = { "通报后报告时限", days(30) },
  },

  record = {
    { "kind",    "案例类型", text, required = true },
    { "topic",   "通报主题", text },
    { "cases",   "来源案件", list(text), required = true },
    { "units",   "被通报单位", list(unit), required = true },
    { "issuers", "联合发文单位", list(unit) },
    { "named",   "点名通报", bool },
  },

  fact "拟稿" { id = "drafted", by = { role "clerk", role "section_head" },
    form = { { "topic", "通报主题", text, required = true, keeps = true },
             { "facts", "事实与定性", text, required = true } },
    document "notice_draft" { data = { cases = field "cases", kind = field "kind", facts = field "facts" } } },
  fact "申辩" { id = "explained", by = { role "clerk", unit_of("units", "liaison") },
    form = { { "statement", "申辩意见", text, required = true }, { "files", "材料", files } } },
  fact "答复申辩" { id = "answered", by = role "section_head",
    form = { { "reply", "答复", text, required = true },
             { "upheld", "采纳", choice { "采纳", "部分采纳", "不采纳" }, required = true } } },
  fact "会签" { id = "cosigned", by = { role "clerk", unit_of("issuers", "principal") },
    form = { { "unit", "会签单位", unit, required = true }, { "opinion", "会签意见", text, required = true } },
    guard { "该单位不是联合发文单位",
      function(case, form) return names(case.record.issuers, form.unit) end } },
  fact "审定印发" { id = "approved_notice", by = role "commission", signs = true,
    form = { { "meeting", "编委会议", text, required = true } },
    guard { "联合发文单位还没有全部会签",
      function(case)
        local signed = case.facts.cosigned
        return #(case.record.issuers or {}) <= (signed and signed.count or 0)
      end } },
  fact "不予通报" { id = "declined", by = role "commission",
    form = { { "reason", "理由", text, required = true } } },
  fact "整改报告" { id = "reported", by = { role "clerk", unit_of("units", "liaison") },
    form = { { "text", "整改情况", text, required = true } } },
  fact "办结" { id = "finished", by = role "section_head" },

  state "待拟稿" { id = "start", on = { drafted = "hearing" } },
  state "听取申辩" { id = "hearing", on = { explained = "weighing" },
    passes = { hearing_by = "signing" },             -- 逾期未申辩的，视为无意见
    enter = { notify(unit_of("units", "liaison"), "notice_hearing") } },
  state "研究申辩" { id = "weighing", takes = { "explained" },
    on = { answered = choose({ "signing", "dropped" }, function(case)
      return case.facts.answered.upheld == "采纳" and "dropped" or "signing"
    end) } },
  state "会签审定" { id = "signing", on = { approved_notice = "issued", declined = "dropped" },
    takes = { "cosigned" }, late = { "explained" },
    enter = { notify(role "director", "notice_to_sign") } },
  state "已印发" { id = "issued", on = { finished = "closed" }, takes = { "reported" },
    enter = { document "circular" { series = "湘编办发", to = unit_of("units", "principal"),
                data = { topic = field "topic", named = field "named",
                         facts = function(case) return case.facts.drafted.facts end } },
              notify({ role "registry", unit_of("units", "liaison") }, "notice_issued", { document = "circular" }) } },
  state "已办结" { id = "closed", final = true },
  state "未通报" { id = "dropped", final = true },

  deadline "申辩时限" { id = "hearing_by", starts = "hearing", budget = setting "hearing",
    met = "explained", basis = "通报前听取意见" },
  deadline "会签时限" { id = "sign_by", starts = "signing", budget = setting "sign",
    met = { "approved_notice", "declined" } },
  deadline "报告时限" { id = "report_by", starts = "issued", budget = setting "follow", met = "reported" },

  ladder "久拖未审" { id = "stalled", past = "sign_by", stops = { "approved_notice", "declined" },
    step "催会签" { id = "chase", at = workdays(1), notify(role "clerk", "notice_chase"),
      repeats = { every = workdays(5), times = 4 } },
    nobody = "skip", missed = "once" },
  ladder "通报后不动" { id = "idle", past = "report_by", stops = { "reported", "finished" },
    step "建议问责" { id = "blame", at = workdays(5),
      approve = { sign { { role "deputy", role "director" }, all_of = true },
                  sign { role "commission", basis = "meeting" } },
      document "blame_proposal" { series = "湘编函", data = { units = field "units", cases = field "cases" } } },
    nobody = "tell_admin", missed = "plan" },

  example "三件同一期，联合发文单位先会签；印发后无动静的建议问责" {
    opened { kind = "擅自设立机构", cases = { "430000-2026-YJ-0001", "430000-2026-YJ-0002", "430000-2026-YJ-0003" },
      units = { "省教育厅", "省水利厅" }, issuers = { "省纪委监委" } },
    at "2026-03-02" { records "drafted" { topic = "三起典型问题", facts = "擅自设立机构" }, paper "notice_draft",
      due("hearing_by", "2026-03-09") },
    at "2026-03-10" { state_is "signing", records "cosigned" { unit = "省纪委监委", opinion = "同意" } },
    at "2026-03-13" { records "approved_notice" { meeting = "编委会2026年第2次会议" }, paper "circular" },
    at "2026-04-21" { reached("blame", "2026-04-20"), waiting "blame", approved "blame", waiting "blame",
      approved "blame", waiting "blame", approved("blame", { opinion = "同意", basis = "编委会第3次会议" }),
      paper "blame_proposal" },
  },
  example "申辩采纳，不再通报" {
    opened { kind = "逾期不办", cases = { "430000-2026-YJ-0009" }, units = { "省水利厅" } },
    at "2026-03-02" { records "drafted" { topic = "逾期不办", facts = "逾期二十个工作日" } },
    at "2026-03-05" { records "explained" { statement = "已于期限内报送，收文登记有误" } },
    at "2026-03-06" { records "answered" { reply = "查实", upheld = "采纳" } },
    state_is "dropped",
  },
  example "会签久拖的每五个工作日一催；重复立案的作废" {
    opened { kind = "逾期不办", cases = { "430000-2026-YJ-0009" }, units = { "省水利厅" } },
    at "2026-03-02" { records "drafted" { topic = "逾期不办", facts = "逾期二十个工作日" } },
    at "2026-03-25" { reached("chase", "2026-03-17"), reached("chase", "2026-03-24"),
      records "voided" { reason = "与上一件重复" }, state_is "voided" },
  },
}
