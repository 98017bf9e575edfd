std = "lua54"
max_line_length = 100
max_cyclomatic_complexity = 10
files["spec"] = { std = "+busted", max_cyclomatic_complexity = false, max_line_length = 120 }
files["bench"] = { max_line_length = 120 }
files["docs/example"] = { max_line_length = 120 }
exclude_files = { "bench/procedure.lua", "spec/corpus", "spec/data", "scripts/meta", "scripts/channels" }
