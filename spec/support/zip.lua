-- Archives for specs, byte by byte, so that they can be as wrong as the spec wants.
local process = require("raw.process")

local zip = {}

local TABLE = {}
for byte = 0, 255 do
  local value = byte
  for _ = 1, 8 do
    value = value & 1 == 1 and (value >> 1) ~ 0xEDB88320 or value >> 1
  end
  TABLE[byte] = value
end

---@param text string
---@return integer
function zip.crc(text)
  local value = 0xFFFFFFFF
  for at = 1, #text do
    value = TABLE[(value ~ text:byte(at)) & 0xFF] ~ (value >> 8)
  end
  return value ~ 0xFFFFFFFF
end

--- The deflated bytes of a text, its checksum and its size, from gzip; of a shell command's output instead when
--- command is given, which may be as long as it likes.
---@param text? string
---@param command? string
---@param level? integer how hard to try
function zip.deflate(text, command, level)
  local packing = ("%s | gzip -n -%d -c"):format(command or "cat", level or 1)
  local done = assert(process.run({ "sh", "-c", packing, input = text,
    env = { "PATH=/usr/bin:/bin" }, timeout_ms = 60000 }))
  local crc, size = string.unpack("<I4I4", done.out, #done.out - 7)
  return done.out:sub(11, -9), crc, size
end

local function entry(one)
  local data = one.data or ""
  local packed, crc, size = data, nil, #data
  local method = (one.deflate or one.packed or #data > 100000) and 8 or 0
  if one.packed then
    packed, crc, size = one.packed, one.crc, one.size
  elseif one.deflate or #data > 100000 then
    packed, crc, size = zip.deflate(data)
  end
  return {
    name = one.name, packed = packed, crc = one.crc or crc or zip.crc(data), size = one.size or size,
    method = one.method or method, flags = one.flags or 0,
  }
end

--- The bytes of an archive. An entry is { name, data, deflate = true } (long data always is), or has its packed
--- bytes with crc and size; crc, size, method and flags may lie.
---@param entries table[]
---@return string
function zip.make(entries)
  local body, list, offset = {}, {}, 0
  for _, one in ipairs(entries) do
    local e = entry(one)
    local common = string.pack("<I2I2I2I2I2I4I4I4I2I2", 20, e.flags, e.method, 0, 0x21, e.crc, #e.packed, e.size,
      #e.name, 0)
    local head = "PK\3\4" .. common .. e.name .. e.packed
    list[#list + 1] = "PK\1\2" .. string.pack("<I2", 20) .. common .. string.pack("<I2I2I2I4I4", 0, 0, 0, 0, offset)
      .. e.name
    body[#body + 1] = head
    offset = offset + #head
  end
  local tail = table.concat(list)
  return table.concat(body) .. tail .. "PK\5\6"
    .. string.pack("<I2I2I2I2I4I4I2", 0, 0, #entries & 0xFFFF, #entries & 0xFFFF, #tail, offset, 0)
end

return zip
