-- The kinds of values the schema speaks of, gathered from the files beside
-- it: each kind is one function that checks a value and gives its plain form
-- for the definition. Adding a kind means adding a function to one of them.

local effects = require("language.kinds.effects")
local examples = require("language.kinds.examples")
local forms = require("language.kinds.forms")
local names = require("language.kinds.names")
local parts = require("language.kinds.parts")
local plain = require("language.kinds.plain")

local kinds = {}

--- All kinds by name.
---@return table<string, fun(r: table, value: any, node: table?, key: table?): any>
function kinds.all()
  local out = {}
  for _, group in ipairs({ plain, names, forms, parts, effects, examples }) do
    for name, kind in pairs(group) do
      out[name] = kind
    end
  end
  return out
end

return kinds
