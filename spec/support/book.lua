-- Workbooks for specs: the few parts a program needs, in the words Excel uses.
local zip = require("spec.support.zip")

local book = {}

local HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
local MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
local KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
local PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

local function escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

--- "BC" for 55.
function book.letters(column)
  local text = ""
  while column > 0 do
    text = string.char(65 + (column - 1) % 26) .. text
    column = (column - 1) // 26
  end
  return text
end

--- The XML of rows: each a list of texts (""  and false are no cell), numbers, or ready XML in { xml = '…' } where
--- %r stands for the reference. A row may have `attributes`.
function book.rows(rows)
  local out = {}
  for line, row in ipairs(rows) do
    local cells = {}
    for column = 1, row.n or #row do
      local cell, at = row[column], book.letters(column) .. line
      if type(cell) == "table" then
        cells[#cells + 1] = (cell.xml:gsub("%%r", at))
      elseif type(cell) == "number" then
        cells[#cells + 1] = ('<c r="%s"><v>%s</v></c>'):format(at, cell)
      elseif cell and cell ~= "" then
        cells[#cells + 1] = ('<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'):format(at, escape(cell))
      end
    end
    out[#out + 1] = ('<row r="%d"%s>%s</row>'):format(line, row.attributes or "", table.concat(cells))
  end
  return table.concat(out)
end

--- A sheet's part. options.merged is a list of references.
function book.sheet(rows, options)
  local merged = {}
  for _, reference in ipairs(options and options.merged or {}) do
    merged[#merged + 1] = '<mergeCell ref="' .. reference .. '"/>'
  end
  return HEAD .. '<worksheet xmlns="' .. MAIN .. '"><sheetData>' .. (type(rows) == "table" and book.rows(rows) or rows)
    .. "</sheetData>" .. (#merged > 0 and "<mergeCells>" .. table.concat(merged) .. "</mergeCells>" or "")
    .. "</worksheet>"
end

--- The entries of a workbook: sheets is a list of { name, xml or rows, state }, options may give strings (XML of si
--- elements), formats (codes by style, from style 1 on), date1904, and parts that replace or join the others.
function book.parts(sheets, options)
  options = options or {}
  local list, relations, formats, styles = {}, {}, {}, {}
  local parts = {}
  for at, one in ipairs(sheets) do
    list[at] = ('<sheet name="%s" sheetId="%d" r:id="rId%d"%s/>'):format(one.name or ("Sheet" .. at), at, at,
      one.state and (' state="' .. one.state .. '"') or "")
    relations[at] = ('<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>')
      :format(at, KIND, at)
    parts[#parts + 1] = { name = ("xl/worksheets/sheet%d.xml"):format(at), data = one.xml or book.sheet(one.rows, one) }
  end
  for kind, target in pairs({ styles = "styles.xml", sharedStrings = "/xl/sharedStrings.xml" }) do
    relations[#relations + 1] = ('<Relationship Id="%s" Type="%s/%s" Target="%s"/>'):format(kind, KIND, kind, target)
  end
  for at, code in ipairs(options.formats or {}) do
    local id = type(code) == "number" and code or 163 + at
    if type(code) == "string" then
      formats[#formats + 1] = ('<numFmt numFmtId="%d" formatCode="%s"/>'):format(id, (escape(code):gsub('"', "&quot;")))
    end
    styles[at] = ('<xf numFmtId="%d" applyNumberFormat="1"/>'):format(id)
  end
  local function part(name, data)
    table.insert(parts, 1, { name = name, data = HEAD .. data })
  end
  part("xl/sharedStrings.xml", '<sst xmlns="' .. MAIN .. '">' .. (options.strings or "") .. "</sst>")
  part("xl/styles.xml", '<styleSheet xmlns="' .. MAIN .. '"><numFmts>' .. table.concat(formats)
    .. '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>' .. table.concat(styles)
    .. "</cellXfs></styleSheet>")
  part("xl/_rels/workbook.xml.rels", '<Relationships xmlns="' .. PACKAGE .. '">' .. table.concat(relations)
    .. "</Relationships>")
  part("xl/workbook.xml", '<workbook xmlns="' .. MAIN .. '" xmlns:r="' .. KIND .. '"><workbookPr'
    .. (options.date1904 and ' date1904="1"' or "") .. "/><sheets>" .. table.concat(list) .. "</sheets></workbook>")
  part("_rels/.rels", '<Relationships xmlns="' .. PACKAGE .. '"><Relationship Id="rId1" Type="' .. KIND
    .. '/officeDocument" Target="xl/workbook.xml"/></Relationships>')
  part("[Content_Types].xml", "<Types/>")
  return parts
end

--- The bytes of a workbook. options.replace gives parts by name other bytes, options.extra adds entries.
function book.make(sheets, options)
  options = options or {}
  local parts = book.parts(sheets, options)
  for _, one in ipairs(parts) do
    one.data = options.replace and options.replace[one.name] or one.data
    one.deflate = options.deflate
  end
  for _, one in ipairs(options.extra or {}) do
    parts[#parts + 1] = one
  end
  return zip.make(parts)
end

--- A workbook of one sheet.
function book.of(rows, options)
  return book.make({ { rows = rows, merged = options and options.merged } }, options)
end

return book
