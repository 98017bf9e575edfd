-- What the names of a script mean: which are locals, in which function they
-- were declared, which are free (words of the language, or mistakes), and
-- where a function writes to something that was made while loading. A pure
-- script never does the last.

local Scope = {}
Scope.__index = Scope

local scope = {}

local CHANGERS = { insert = true, remove = true, sort = true, move = true }

--- A new table of names.
---@return table
function scope.new()
  return setmetatable({ block = { names = {} }, level = 0, free = {}, writes = {}, tables = {},
    declared = {} },
    Scope)
end

--- Begin a block.
function Scope:open()
  self.block = { names = {}, outer = self.block }
end

--- End a block.
function Scope:close()
  self.block = self.block.outer
end

--- Begin a function.
function Scope:enter()
  self.level = self.level + 1
  self:open()
end

--- End a function.
function Scope:leave()
  self:close()
  self.level = self.level - 1
end

--- Declare a local.
---@param name string
---@return table declaration
function Scope:declare(name)
  local declaration = { name = name, level = self.level }
  self.block.names[name] = declaration
  self.declared[name] = true
  return declaration
end

local function lookup(self, name)
  local block = self.block
  while block do
    local found = block.names[name]
    if found then
      return found
    end
    block = block.outer
  end
  return nil
end

--- Note that a name is read.
---@param node table
function Scope:use(node)
  node.declared = lookup(self, node.name)
  if not node.declared then
    node.level = self.level
    self.free[#self.free + 1] = node
  end
end

--- The name an expression starts from.
---@param node table
---@return table? name
function scope.root(node)
  while node.t == "index" or node.t == "paren" do
    node = node.object or node.inner
  end
  return node.t == "name" and node or nil
end

--- Note that a variable, or something inside it, is assigned.
---@param node table
function Scope:assign(node)
  local name = scope.root(node)
  if not name then
    return
  end
  local declared = name.declared
  if declared and node == name then
    declared.assigned = true
  end
  if not declared then
    self.writes[#self.writes + 1] = { kind = "global", node = name }
  elseif self.level > 0 and declared.level == 0 then
    self.writes[#self.writes + 1] = { kind = "outer", node = name }
  end
end

--- Note a call, since table.insert and its like write to their first argument.
---@param node table
function Scope:call(node)
  local callee = node.callee
  if self.level > 0 and callee.t == "index" and CHANGERS[callee.key]
    and callee.object.name == "table" and node.args[1] then
    self:assign({ t = "paren", inner = node.args[1] })
  end
end

return scope
