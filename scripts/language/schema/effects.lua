-- The words for what a step, a state or a fact brings about. Each only builds
-- a table; the host carries it out.

return {
  { word = "notify", effect = true, args = { "principals", "template", "data" }, optional = 1,
    zh = "发消息：给谁、用哪个模板", en = "send a message: to whom, by which template" },
  { word = "document", effect = true, args = { "document" }, body = "optional",
    zh = "拟一份文书", en = "draw up a paper",
    keys = {
      { "series", "words", "文号的机关代字", "the series of its number" },
      { "to", "principals", "主送", "to whom" },
      { "data", "data", "填入模板的内容", "what goes into the template" },
    } },
  { word = "open", effect = true, args = { "workflow_id" }, body = "required", any = "value",
    zh = "立另一个程序的案件", en = "open a case of another procedure",
    keys = {
      { "join", "plain_words", "并入同一字段值相同的在办案件",
        "join an open case whose field has the same value" },
    } },
  { word = "signal", effect = true, args = { "receiver", "words", "data" }, optional = 1,
    zh = "向上级案件、子案件或某案件发信号", en = "signal the parent, children or a case" },
  { word = "each", effect = true, args = { "record_list" }, body = "effect",
    zh = "对列表的每一项", en = "for each item of a list" },
}
