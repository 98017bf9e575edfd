-- Short guides for what takes more than one word of the language: papers and their
-- templates, rungs that wait for approval. Each is a title, paragraphs and a sample.

-- luacheck: no max line length
return {
  { zh = "模板", en = "templates",
    { "`notify` 和 `document` 写的名称是模板的文件名：`notify(role \"clerk\", \"row_warn\")` 用 `templates/row_warn.md`。"
        .. "第一行是标题（`# 办理时限将至`），空一行，下面是正文；`{{名称}}` 处填入 `data` 给的值。",
      "The name in `notify` and `document` is that of a file `templates/NAME.md`: its first line is the title, "
        .. "the rest the text; `{{name}}` takes the values of `data`." },
    { "要添一个模板，在站点的 `templates/` 里放一个同名的 `.md` 文件；与程序库同名的，以站点的为准。"
        .. "检查脚本时，没有模板的名称会被指出。",
      "To add one, put the file into the site's `templates/`; it goes before one of the library of the same name. "
        .. "A name without a template is told at the check." },
    sample = "# 办理时限将至\n\n{{number}}（{{unit}}）的办理时限将至，请抓紧办理。", kind = "markdown" },
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
