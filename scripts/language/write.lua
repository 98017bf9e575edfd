-- Writes the documents that are made from the schema to their places:
-- lua scripts/language/write.lua, from the top of the source tree.

package.path = "scripts/?.lua;" .. package.path

local document = require("language.document")

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

write("docs/language.md", document.markdown())
write("scripts/meta/language.lua", document.stubs())
