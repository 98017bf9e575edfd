-- The kinds of fields by the words an author would say for them, so that one who
-- writes 整数 is told to write integer.

local words = require("words")

local spoken = {}

local KINDS = {
  ["文字"] = "text", ["文本"] = "text", ["字符"] = "text", ["整数"] = "integer", ["数字"] = "integer",
  ["数"] = "integer", ["数量"] = "integer", ["金额"] = "money", ["日期"] = "date", ["时间"] = "date",
  ["期限"] = "term", ["单位"] = "unit", ["人员"] = "person", ["姓名"] = "person", ["附件"] = "files",
  ["文件"] = "files", ["是否"] = "bool", ["是或否"] = "bool", ["布尔"] = "bool", ["选项"] = "choice",
  ["选择"] = "choice", ["列表"] = "list",
}

--- What to write for a kind said in Chinese, as a sentence; nil for any other word.
---@param text string
---@return string?
function spoken.hint(text)
  local kind = KINDS[text]
  return kind and words.sayf(
    "字段类型写 integer、text、date 等（没有“%s”这个词），是不是想写 %s？若是名称，要放在引号里",
    "the kind of a field is integer, text, date … (\"%s\" is no such word); did you mean %s?"
      .. " A title stands between quotation marks", text, kind)
end

return spoken
