-- How busted reports here: one line for each failure with its place, and at the very end the count
-- that the integration machine reads: "N passed, N failed".
return function()
  local busted = require("busted")
  local base = require("busted.outputHandlers.base")
  local handler = base()

  local function describe(status, message)
    local where = message.trace and (message.trace.short_src .. ":" .. message.trace.currentline) or "?"
    local text = message.message
    if type(text) == "table" then
      text = tostring(text)
    end
    io.write("\n", status, "  ", message.name or "?", "\n    at ", where, "\n    ",
      (tostring(text):gsub("\n", "\n    ")), "\n")
  end

  handler.testEnd = function(_, _, status)
    io.write(status == "success" and "." or status == "pending" and "-" or "!")
    io.flush()
    return nil, true
  end

  handler.suiteEnd = function()
    io.write("\n")
    for _, failure in ipairs(handler.failures) do
      describe("FAILED", failure)
    end
    for _, failure in ipairs(handler.errors) do
      describe("ERROR ", failure)
    end
    for _, pending in ipairs(handler.pendings) do
      io.write("pending  ", pending.name or "?", "\n")
    end
    local failed = #handler.failures + #handler.errors
    io.write(("%d passed, %d failed\n"):format(#handler.successes, failed))
    return nil, true
  end

  busted.subscribe({ "test", "end" }, handler.testEnd, { predicate = handler.cancelOnPending })
  busted.subscribe({ "suite", "end" }, handler.suiteEnd)
  return handler
end
