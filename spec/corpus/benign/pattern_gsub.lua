assert(("督办 事项　清单"):gsub("[ 　]", "") ~= nil)
assert((("a-b-c"):gsub("%-", "+")) == "a+b+c")
assert((("$name"):gsub("%$(%w+)", { name = "甲" })) == "甲")
