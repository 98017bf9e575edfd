---@meta
-- The raw modules as C gives them. The world's refusals come back as nil, text, kind; misuse raises.

---@alias Kind "invalid"|"missing"|"conflict"|"busy"|"timeout"|"denied"|"internal"

---@class raw.codec everywhere
local codec = {}
---@param value any scalars, lists and maps; raises for what has no form
---@return string bytes
function codec.encode(value) end
---@param bytes string
---@return any value, string? text, Kind? kind
function codec.decode(bytes) end

---@class raw.json everywhere
local json = {}
---@param value any
---@return string text canonical
function json.encode(value) end
---@param text string
---@return any value, string? why, Kind? kind
function json.decode(text) end

---@class raw.text everywhere
local text = {}
---@param bytes string
---@return boolean
function text.is_utf8(bytes) end
---@param line string
---@return integer columns on a terminal
function text.width(line) end
---@param line string
---@param width integer
---@return string prefix that fits
function text.fit(line, width) end
---@param name string
---@return string name as it is compared
function text.normal(name) end
---@param line string
---@return boolean
function text.is_classified(line) end
---@param name string
---@param letters string
---@return integer how initials fit: 0 not, 1 inside, 2 at the beginning, 3 wholly
function text.initials(name, letters) end
---@return boolean whether messages are in Chinese
function text.is_zh() end

---@class raw.clock everywhere
local clock = {}
---@return integer ms of the wall clock
function clock.now() end
---@return integer ms that never go back
function clock.steady() end
---@return integer microseconds that never go back
function clock.micros() end
---@param instant integer
---@return integer day
function clock.day(instant) end
---@param day integer
---@return integer instant
function clock.day_start(day) end
---@param line string
---@return integer? day, string? why, Kind? kind
function clock.parse_day(line) end
---@param line string
---@return integer? instant, string? why, Kind? kind
function clock.parse_instant(line) end
---@param day integer
---@return string
function clock.format_day(day) end
---@param instant integer
---@return string
function clock.format_instant(instant) end

---@class raw.script everywhere
local script = {}
---@param source string text, never bytecode, at most 1 MB
---@param name string as messages name it
---@param env table its globals
---@return function? run, string? why, Kind? kind
function script.load(source, name, env) end

---@class raw.worker only inside workers
local worker = {}
---@param request table
---@return any reply of the keeper
function worker.call(request) end
---@param frame table
function worker.out(frame) end
--- The next item of a batch begins, with a whole budget of time.
function worker.item() end

---@class raw.digest trusted interpreter
local digest = {}
---@param bytes string
---@return string hexadecimal
function digest.sha256(bytes) end
---@param key string
---@param bytes string
---@return string hexadecimal of HMAC-SHA256
function digest.hmac(key, bytes) end
---@param bytes string
---@return string hexadecimal of MD5, which protects nothing
function digest.md5(bytes) end

---@class raw.encode trusted interpreter
local encode = {}
---@param bytes string
---@return string text
function encode.base64(bytes) end
---@param text string strict base64
---@return string? bytes, string? why, Kind? kind
function encode.unbase64(text) end
---@param bytes string
---@return string text percent-encoded, in capitals
function encode.percent(bytes) end
---@param bytes string
---@return string text
function encode.hex(bytes) end

---@class raw.net trusted interpreter: bodies, requests and verdicts, without a network
local net = {}
---@class Adapter
---@field kind string
---@field address? string kind of a person's address
---@field is_group boolean
---@field has_key boolean
---@field needs_token boolean
---@field body_limit integer
---@field per_minute integer
---@field per_second integer
---@field pause integer ms
---@field secrets string[]
---@class Request
---@field method string
---@field url string
---@field headers string "Name: value" a line
---@field body string
---@field needs_tls? boolean of mail, as the four below
---@field from? string
---@field to? string
---@field user? string
---@field password? string
---@class Reply
---@field status? integer
---@field body? string
---@field is_sent? boolean true when absent
---@field retry_after? integer ms
---@field failure? string the network's words
---@field stage? "whole"|"secret"|"forbidden"|"name"|"connect"|"tls"|"send"|"wait"
---@class Sent
---@field outcome string
---@field code string
---@field text string
---@field ref string
---@field hint? string
---@field hint_zh? string
---@field after integer ms
---@field partial? string[]
---@return Adapter[]
function net.adapters() end
---@class Verdict a row of a table: by code and words, or by status
---@field code? string
---@field words? string "a|b": one of them in the text
---@field first? integer
---@field last? integer
---@field outcome string
---@field after integer ms
---@field hint? string
---@field hint_zh? string
---@param kind? string without it what is the same for all
---@return Verdict[]
function net.verdicts(kind) end
---@param kind? string without it what any channel may say
---@return { name: string, form: string, needed: boolean }[]
function net.keys(kind) end
---@param message any
---@return true? done, string? why, Kind? kind
function net.check(message) end
---@param kind string
---@param conf any a channel's table
---@return true? done, string? why, Kind? kind
function net.check_conf(kind, conf) end
---@param kind string
---@param conf? table
---@param message table
---@param again? boolean
---@return string? body, string? why, Kind? kind
function net.render(kind, conf, message, again) end
---@param kind string
---@param conf? table
---@param message table
---@return string? text, string? why, Kind? kind
function net.preview(kind, conf, message) end
---@param kind string
---@param conf table
---@param secrets table<string, string>
---@param message table
---@param key? string its id when absent
---@param now integer ms
---@param token? string
---@param again? boolean
---@return Request? request, string? why, Kind? kind
function net.request(kind, conf, secrets, message, key, now, token, again) end
---@param kind string
---@param conf table
---@param secrets table<string, string>
---@return Request? request, string? why, Kind? kind
function net.token_request(kind, conf, secrets) end
---@param kind string
---@param reply Reply
---@return string? token, integer|Sent life_or_outcome
function net.token_judge(kind, reply) end
---@param kind string
---@param reply Reply
---@return Sent
function net.judge(kind, reply) end
---@param answer any what a channel's script returned
---@return Sent? sent, string? why, Kind? kind
function net.verdict(answer) end
---@param tree any
---@param secrets table<string, string>
---@param now integer ms
---@return Request? request, string? why, Kind? kind
function net.tree(tree, secrets, now) end
---@param node any
---@param secrets table<string, string>
---@param now integer ms
---@return string? text, string? why, Kind? kind
function net.evaluate(node, secrets, now) end
---@param how "dingtalk"|"feishu"|"webhook"|"hub"
---@param secret string
---@param at? integer ms for DingTalk, else seconds
---@param id? string
---@param body? string
---@return string? signature, string? why, Kind? kind
function net.sign(how, secret, at, id, body) end
---@param header string
---@param now integer ms
---@return integer ms 0 when it cannot be read
function net.retry_after(header, now) end
---@param line string
---@param limit integer bytes
---@param has_link? boolean
---@return string line cut between graphemes, with a mark
function net.cut(line, limit, has_link) end

---@class raw.file trusted interpreter
local file = {}
---@param path string
---@param limit integer?
---@return string? bytes, string? why, Kind? kind
function file.read(path, limit) end
---@param path string
---@param bytes string
---@return true? done, string? why, Kind? kind
function file.write(path, bytes) end
---@param folder string
---@param suffix string?
---@param deep boolean?
---@return string[]? paths, string? why, Kind? kind
function file.list(folder, suffix, deep) end

---@class raw.csv trusted interpreter
local csv = {}
---@param text string
---@return string cell quoted where needed, and never a formula
function csv.cell(text) end
---@param bytes string
---@return string[][]? rows, string encoding or why, Kind? kind
function csv.parse(bytes) end

---@class raw.letters trusted interpreter
local letters = {}
---@param template string
---@param data string JSON
---@return string? message JSON, string missing or why, Kind? kind
function letters.render(template, data) end
---@param template string
---@param known string JSON
---@return string? findings JSON, string? why, Kind? kind
function letters.check(template, known) end
---@param template string
---@return integer? priority, integer|string worth_ms or why, boolean|Kind collectable
function letters.manner(template) end
---@param years string JSON, as in calendars.years
---@param from integer minutes after midnight, -1: no hour is quiet
---@param to integer
---@param workdays boolean days off are quiet
---@param instant integer
---@return integer? instant, string? why, Kind? kind
function letters.quiet_until(years, from, to, workdays, instant) end
---@param years string JSON
---@param from integer
---@param to integer
---@param workdays boolean
---@param minutes integer after midnight
---@param instant integer
---@return integer? instant, string? why, Kind? kind
function letters.quiet_next(years, from, to, workdays, minutes, instant) end
---@param text string "18:00-08:30"
---@return integer? from, integer? to
function letters.span(text) end

---@class raw.sheet trusted interpreter
local sheet = {}
---@param bytes string of an .xlsx or CSV file
---@param name? string of the sheet wanted
---@return any[][]? rows each { "above"|"heading"|"body", line, cells... }, table told or why, Kind? kind
function sheet.read(bytes, name) end

---@class raw.store trusted interpreter
---@field null lightuserdata
local store = {}
---@param url string
---@param mode "create"|"write"|"read"|"question"|nil
---@return userdata? handle, string? why, Kind? kind
function store.open(url, mode) end
---@param handle userdata
function store.close(handle) end
---@param handle userdata
---@param sql string several statements
---@return true? done, string? why, Kind? kind
function store.exec(handle, sql) end
---@param handle userdata
---@param sql string
---@param values any[]?
---@return true? done, string? why, Kind? kind
function store.run(handle, sql, values) end
---@param handle userdata
---@param sql string
---@param values any[]?
---@return table[]? rows, string? why, Kind? kind
function store.rows(handle, sql, values) end
---@param handle userdata
---@return true? done, string? why, Kind? kind
function store.begin(handle) end
---@param handle userdata
---@return true? done, string? why, Kind? kind
function store.commit(handle) end
---@param handle userdata
function store.rollback(handle) end
---@param handle userdata
---@return integer
function store.last_id(handle) end

---@class raw.process trusted interpreter
local process = {}
---@class Ended
---@field code integer -1 when a signal ended it
---@field signal integer
---@field out string
---@field err string
---@param options table { word…, env = { "NAME=value" }, cwd =, input =, timeout_ms =, pipe = boolean }
---@return Ended? ended, string? why, Kind? kind
function process.run(options) end
---@param options table
---@return userdata? process, string? why, Kind? kind
function process.start(options) end
---@param handle userdata
---@param ms integer?
---@return Ended? ended, string? why, Kind? kind
function process.wait(handle, ms) end
---@param handle userdata
---@return string out, string err what came so far
function process.output(handle) end
---@param handle userdata
---@param signal integer? 9
function process.kill(handle, signal) end
---@param handle userdata
---@return integer
function process.pid(handle) end
--- One frame to the descriptor 3 of a process started with pipe = true.
---@param handle userdata
---@param value any
---@return boolean? done, string? why, Kind? kind
function process.send(handle, value) end
---@param handle userdata
---@param ms integer?
---@return any value, string? why, Kind? kind
function process.receive(handle, ms) end
--- Closes our end of its pipe.
---@param handle userdata
function process.hang_up(handle) end
---@param handle userdata
function process.close(handle) end

---@class raw.address trusted interpreter: where a connection may lead
local address = {}
--- "public", "loopback", "private", "shared", "link-local", "metadata", "unspecified", "multicast", "reserved"; nil when
--- it is no address.
---@param text string
---@return string? class
function address.classify(text) end
---@param list any what a channel's `allow` holds
---@param try table { host =, port =, address = (absent: a proxy looks it up), plain = boolean, named = boolean }
---@return boolean? allowed, string? why, Kind? kind
function address.allows(list, try) end

---@class raw.socket trusted interpreter
local socket = {}
---@param path string of a socket in the file system
---@return userdata? handle, string? why, Kind? kind
function socket.connect(path) end
---@param path string where datagrams are taken; each receive gives one
---@return userdata? handle, string? why, Kind? kind
function socket.letterbox(path) end
---@param handle userdata
---@param bytes string
---@param ms integer? how long to wait when the other end takes no more
---@return integer? sent, string? why, Kind? kind
function socket.send(handle, bytes, ms) end
---@param handle userdata
---@param ms integer?
---@return string? bytes "" at the end, string? why, Kind? kind
function socket.receive(handle, ms) end
---@param handle userdata
function socket.close(handle) end

---@class raw.state trusted interpreter
local state = {}
--- The nth allocation from now on fails once; 0 for none.
---@param nth integer
---@return boolean has_failed whether the one asked for before was reached
function state.fail(nth) end
---@return integer bytes
function state.used() end

---@class raw.trial trusted interpreter: real workers for specs
local trial = {}
---@param library string the folder that holds scripts/
---@return userdata? house with fork{ cpu_ms=, memory=, output= } and stop
---@return string? why
---@return Kind? kind
function trial.start(library) end

---@class raw.probe test builds only
local probe = {}
---@return string[]
function probe.names() end
---@param name string
---@return boolean went_through
function probe.try(name) end

---@class raw.outbox test builds only
local outbox = {}
---@alias OutboxNext { fate: "sent"|"later"|"ask"|"dead", delay: integer, pause: integer, circuit: string, why: string, counts: boolean }
---@param past { outcome: string, after: integer?, pause: integer?, key: string?, attempt: integer?, attempts: integer?, unknowns: integer?, was_refresh: boolean?, has_key: boolean?, holds: boolean?, left: integer? }
---@return OutboxNext
function outbox.decide(past) end
---@param key string
---@param attempt integer
---@param attempts integer that counted
---@return integer ms -1 when there is none left
function outbox.delay(key, attempt, attempts) end
---@param url string
---@return userdata? queue, string? text, Kind? kind
function outbox.open(url) end
---@param queue userdata
function outbox.close(queue) end
---@param queue userdata
---@return true? done, string? text, Kind? kind
function outbox.begin(queue) end
---@param queue userdata
---@return true? done, string? text, Kind? kind
function outbox.commit(queue) end
---@param queue userdata
function outbox.rollback(queue) end
---@param queue userdata
---@param turn { channel: string?, boot: integer?, site: integer?, wall: integer?, lease_until: integer?, limit: integer?, is_bulk_held: boolean? }
---@return { id: integer, attempt: integer, again: boolean }[]? claims, string? text, Kind? kind
function outbox.claim(queue, turn) end
---@param queue userdata
---@param result { id: integer, attempt: integer, outcome: string, after: integer?, micros: integer?, code: string?, text: string?, hint: string?, boot: integer?, site: integer?, wall: integer?, has_key: boolean?, holds: boolean? }
---@return OutboxNext? next with is_late, string? text, Kind? kind
function outbox.record(queue, result) end
---@param queue userdata
---@param boot integer
---@return { id: integer, attempt: integer, channel: string }[]? lapsed, string? text, Kind? kind
function outbox.lapsed(queue, boot) end
---@param queue userdata
---@param site integer
---@param limit? integer
---@return integer? count, string? text, Kind? kind
function outbox.expire(queue, site, limit) end
---@param queue userdata
---@param channel string
---@param boot integer
---@param from integer fewer are left as they are
---@param span integer ms
---@return integer? count, string? text, Kind? kind
function outbox.scatter(queue, channel, boot, from, span) end
---@param queue userdata
---@param id integer
---@param attempt integer
---@return true? done, string? text, Kind? kind
function outbox.unsent(queue, id, attempt) end
---@param queue userdata
---@param id integer
---@param site integer
---@return true? done, string? text, Kind? kind
function outbox.replay(queue, id, site) end
---@param queue userdata
---@return true? done, string? text, Kind? kind
function outbox.forget_boot(queue) end
---@param queue userdata
---@return { vm_steps: integer, full_scan_steps: integer } since the last call
function outbox.cost(queue) end
---@param kind string
---@param full integer thousandths in its bucket
---@return userdata channel
function outbox.channel(kind, full) end
---@param channel userdata
---@param boot integer
---@param want integer
---@return integer count
---@return integer again_at
function outbox.allows(channel, boot, want) end
---@param channel userdata
---@param boot integer
---@param count integer
function outbox.take(channel, boot, count) end
---@param channel userdata
---@param boot integer
---@param past { outcome: string, after: integer? }
---@return boolean has_opened
function outbox.learn(channel, boot, past) end
---@param wall integer
---@return boolean is_rush
---@return integer until_
function outbox.is_rush(wall) end
