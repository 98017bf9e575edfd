-- Short guides for what takes more than one word of the language: papers and their
-- templates, rungs that wait for approval. Each is a title, paragraphs and a sample.

-- luacheck: no max line length
return {
  { zh = "模板", en = "templates",
    { "`notify` 和 `document` 写的名称是模板的文件名：`notify(role \"clerk\", \"row_warn\")` 用 `templates/row_warn.md`。"
        .. "第一行是标题（`# 办理时限将至`）；紧接着的 `- 名称：{{值}}` 是要点，值为空的不显示；其余是正文。",
      "The name in `notify` and `document` is that of a file `templates/NAME.md`: its first line is the title, "
        .. "lines `- label：{{value}}` right below it are facts (left out when empty), the rest is the text." },
    { "消息的模板里可用：`{{number}}` 案号、`{{due}}` 最近的时限、`{{link}}` 链接、`{{workflow}}` 程序、`{{office}}` 机构、"
        .. "`{{name}}` 收件人，以及 `data` 给的名称。`{{#名称}}…{{/名称}}` 逐项或有值时写，`{{^名称}}…{{/名称}}` 没有值时写，"
        .. "`{{.}}` 是这一项本身；全角的｛｛ ｝｝也认。独占一行的 `{{link}}` 由各平台放到合适的地方。",
      "A message knows `{{number}}`, `{{due}}` (the nearest), `{{link}}`, `{{workflow}}`, "
        .. "`{{office}}`, `{{name}}` (of "
        .. "who gets it) and what `data` gives. `{{#x}}…{{/x}}` repeats or shows, `{{^x}}…{{/x}}` is for "
        .. "nothing, `{{.}}` is "
        .. "the item itself; full-width braces do too. A `{{link}}` alone on its line is placed by each platform." },
    { "标题下可写一行 `<!-- 级别：加急；有效：3天；汇总 -->`：级别是普通、加急或特急（特急不受免打扰限制）；"
        .. "有效期（天或小时）一过不再发送；写了汇总的，可并入收件人当天的汇总。"
        .. "模板只写做什么、何时前、到哪里看，不写案情。",
      "A line `<!-- 级别：加急；有效：3天；汇总 -->` below the title says how it is sent: 普通, 加急 or 特急 (which quiet hours do "
        .. "not hold), how many days (天) or hours (小时) it is worth sendi"
        .. "ng, and whether a digest (汇总) may take it. A template "
        .. "says what to do, by when and where to look, never the matter itself." },
    { "`data` 里写 `document = \"文书\"` 的消息，等这份文书编了号才发，`{{document}}` 是它的文号；文书取消，消息也取消。",
      "A message whose `data` says `document = \"paper\"` waits until that paper has its number, "
        .. "which `{{document}}` is; "
        .. "with the paper it is cancelled." },
    { "要添一个模板，在站点的 `templates/` 里放一个同名的 `.md` 文件；与程序库同名的，以站点的为准。"
        .. "检查脚本时，没有模板的名称、模板里没有谁给出的名称会被指出。",
      "To add one, put the file into the site's `templates/`; it goes before one of the library of the same name. "
        .. "A name without a template, and a name in it that nobody gives, is told at the check." },
    sample = "# 办理时限将至\n<!-- 级别：加急；有效：10天 -->\n- 案号：{{number}}\n- 时限：{{due}}\n\n请在时限前报送办理情况。\n\n{{link}}",
    kind = "markdown" },
  { zh = "要批准的一级", en = "a rung with approval",
    { "写了 `approve` 的一级到期只是提请：批准之后动作才执行，其后 `after` 它的各级从批准之日数起。"
        .. "依次批准的写 `{ sign …, sign … }`。`within` 内没有批就退回经办人；`rejected = \"skip\"` 表示被否决也照常走下一级。",
      "A rung with `approve` is only put up when its day comes; its effects are carried out once the last one "
        .. "has signed." },
    sample = [[step "书面督办" { id = "letter", after = "call", at = workdays(10),
  approve = { sign { role "section_head" }, sign { role "deputy" } },
  within = workdays(5), rejected = "skip",
  document "supervision_letter" { to = unit_of("unit", "principal"), data = { unit = field "unit" } } }]],
    kind = "lua" },
}
