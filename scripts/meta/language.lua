---@meta
-- Generated from scripts/language/schema/; do not edit.

---@class duban.Marker

---@class duban.Case
---@field number string
---@field state string
---@field title string
---@field record table<string, any>
---@field facts table<string, table>
---@field deadlines table<string, table>
---@field rungs table<string, integer>
---@field children table[]
---@field parent table?

---@class duban.workflow
---@field id string 程序的代号，不再改变
---@field code string 案件编号里的类别字母
---@field counts? "from_next_day"|"from_same_day" 期限从次日还是当日起算
---@field lands? "next_workday"|"previous_workday"|"as_is" 到期日逢休息日怎么办
---@field settings? table|string 各单位可以自行调整的数值
---@field record? table|string 立案时登记的内容
---@field signals? table|string 接受其他程序的哪些信号
---@field [integer] any

--- 一个督办程序；脚本返回它 · one procedure; the script returns it
---@param arg1 string title
---@return fun(given: duban.workflow): duban.Marker
function workflow(arg1) end

---@class duban.fact
---@field id string 代号
---@field by table|string 谁可以记录
---@field form? table|string 要填的内容
---@field occurred? string 事情发生之日取自哪个字段
---@field signs? boolean 签发：文号在此时取得
---@field recorded? table|string 由他人代录时的要求
---@field was? table|string 从前的代号
---@field [integer] any

--- 有人记录的一件事 · something a person records
---@param arg1 string title
---@return fun(given: duban.fact): duban.Marker
function fact(arg1) end

---@class duban.state
---@field id string 代号
---@field on? table|string 什么事情使案件进入哪个状态
---@field takes? table|string 接受但不改变状态的事实
---@field late? table|string 迟到也收下的事实
---@field passes? table|string 期限过后进入的状态
---@field enter? table|string 进入时的动作
---@field final? boolean 办结状态
---@field was? table|string 从前的代号
---@field [integer] any

--- 案件所处的状态；第一个是起点 · a state of the case; the first is where it starts
---@param arg1 string title
---@return fun(given: duban.state): duban.Marker
function state(arg1) end

---@class duban.deadline
---@field id string 代号
---@field starts table|string 起算的事实或状态
---@field from? string 改从这个日期字段起算
---@field budget table|string 期限长度
---@field applies? fun(case: duban.Case, form: table?): any 何时适用；不适用的期限不起算
---@field counts? "from_next_day"|"from_same_day" 从次日还是当日起算
---@field lands? "next_workday"|"previous_workday"|"as_is" 到期日逢休息日怎么办
---@field basis? string 依据
---@field submitted? table|string 停住承办单位的时钟
---@field returned? table|string 退回后时钟怎么走（写了 submitted 就必写）
---@field met? table|string 期限完成
---@field extends? table|string 谁可以延期、几次、共多久
---@field pauses? table|string 谁可以暂停
---@field was? table|string 从前的代号
---@field [integer] any

--- 一个期限 · a deadline
---@param arg1 string title
---@return fun(given: duban.deadline): duban.Marker
function deadline(arg1) end

---@class duban.ladder
---@field id string 代号
---@field past string 属于哪个期限
---@field stops table|string 什么事情使它停止
---@field enter_at? table|string 从哪一级开始
---@field grace? table|string 可以迟到多久
---@field children? "keep"|"withdraw" 停止时它立的案件
---@field nobody? "tell_admin"|"skip"|"next" 通知不到任何人时
---@field missed? "once"|"each"|"skip"|"plan" 停机错过的措施
---@field holds? table|string 什么事情使它停住
---@field resumes? table|string 什么事情使它继续
---@field was? table|string 从前的代号
---@field [integer] any

--- 期限前后的逐级措施 · the rungs before and after a deadline
---@param arg1 string title
---@return fun(given: duban.ladder): duban.Marker
function ladder(arg1) end

---@class duban.step
---@field id string 代号
---@field at table|string 距到期日（或上一级）多久
---@field after? string 在哪一级之后
---@field lands? "next_workday"|"previous_workday"|"as_is" 逢休息日怎么办
---@field early? "skip"|"now" 起算时已经错过怎么办（at 为负数时必写）
---@field skip? fun(case: duban.Case, form: table?): any 何时跳过
---@field jumps? table|string 之后直接到哪一级
---@field repeats? table|string 重复
---@field approve? table|string 谁批准后才执行
---@field within? table|string 等待批准多久，过期退回经办人
---@field rejected? "end"|"skip" 被否决后：其后各级不再执行，或者照常
---@field was? table|string 从前的代号
---@field [integer] any

--- 一级措施 · one rung
---@param arg1 string title
---@return fun(given: duban.step): duban.Marker
function step(arg1) end

---@class duban.example
---@field [integer] any

--- 一个示例，每次检查都会运行 · an example, run at every check
---@param arg1 string title
---@return fun(given: duban.example): duban.Marker
function example(arg1) end

---@class duban.job
---@field id string 代号
---@field every? table|string 何时运行
---@field missed? "once"|"each"|"skip" 停机错过时
---@field run fun(case: duban.Case, form: table?): any 要做的事
---@field [integer] any

--- 定时运行的脚本 · a script that runs on a schedule
---@param arg1 string title
---@return fun(given: duban.job): duban.Marker
function job(arg1) end

---@class duban.guard
---@field [integer] any

--- 条件；不满足时办事人看到这句话 · a condition, with the words read when it says no
---@param given duban.guard
---@return duban.Marker
function guard(given) end

--- 由函数在列出的结果里选一个 · a function chooses among the outcomes listed
---@param arg1 any names
---@param arg2 fun(case: duban.Case, form: table?): any function
---@return duban.Marker
function choose(arg1, arg2) end

---@class duban.sign
---@field all_of? boolean 每个人都要批准
---@field any_of? boolean 任一人批准即可
---@field basis? "meeting" 批准要写明依据（会议）
---@field [integer] any

--- 一道批准 · one approval
---@param given duban.sign
---@return duban.Marker
function sign(given) end

--- 发消息：给谁、用哪个模板 · send a message: to whom, by which template
---@param arg1 any principals
---@param arg2 string template
---@param arg3? any data
---@return duban.Marker
function notify(arg1, arg2, arg3) end

---@class duban.document
---@field series? string 文号的机关代字
---@field to? table|string 主送
---@field data? table|string 填入模板的内容
---@field [integer] any

--- 拟一份文书 · draw up a paper
---@param arg1 string document
---@return fun(given: duban.document): duban.Marker
function document(arg1) end

---@class duban.open
---@field join? string 并入同一字段值相同的在办案件
---@field [integer] any
---@field [string] any

--- 立另一个程序的案件 · open a case of another procedure
---@param arg1 string workflow_id
---@return fun(given: duban.open): duban.Marker
function open(arg1) end

--- 向上级案件、子案件或某案件发信号 · signal the parent, children or a case
---@param arg1 any receiver
---@param arg2 string words
---@param arg3? any data
---@return duban.Marker
function signal(arg1, arg2, arg3) end

--- 对列表的每一项 · for each item of a list
---@param arg1 string record_list
---@return fun(given: duban.Marker): duban.Marker
function each(arg1) end

--- 工作日 · working days
---@param arg1 integer integer
---@return duban.Marker
function workdays(arg1) end

--- 日 · days
---@param arg1 integer integer
---@return duban.Marker
function days(arg1) end

--- 个月 · months
---@param arg1 integer integer
---@return duban.Marker
function months(arg1) end

--- 日期；date "2026-10-01" 是那一天 · a date; date "2026-10-01" is that day
---@param arg1 string day
---@return duban.Marker
function date(arg1) end

--- 期限：30个工作日、3月底前、长期坚持 · a term: a budget, a date, or open; the words are kept
---@type duban.Marker
term = {}

--- 文字 · text
---@type duban.Marker
text = {}

--- 整数 · a whole number
---@type duban.Marker
integer = {}

--- 金额（以分计） · money, in fen
---@type duban.Marker
money = {}

--- 单位 · a unit
---@type duban.Marker
unit = {}

--- 人员 · a person
---@type duban.Marker
person = {}

--- 附件 · attachments
---@type duban.Marker
files = {}

--- 是或否 · yes or no
---@type duban.Marker
bool = {}

---@class duban.choice
---@field [integer] any

--- 从几个词里选一个 · one of several words
---@param given duban.choice
---@return duban.Marker
function choice(given) end

--- 列表 · a list
---@param arg1 any kind
---@return duban.Marker
function list(arg1) end

--- 登记的字段的值 · the value of a record field
---@param arg1 string record_field
---@return duban.Marker
function field(arg1) end

--- 设置的值 · the value of a setting
---@param arg1 string setting_name
---@return duban.Marker
function setting(arg1) end

--- 列表里的这一项（在 each 里） · this item of the list (inside each)
---@type duban.Marker
it = {}

--- 本案编号 · the number of this case
---@type duban.Marker
this = {}

--- 上级案件（在 signal 里） · the parent case (in signal)
---@type duban.Marker
parent = {}

--- 某程序的子案件（在 signal 里） · the child cases of a procedure (in signal)
---@param arg1 string workflow_id
---@return duban.Marker
function children(arg1) end

--- 本单位担任某角色的人 · who holds a role in the office
---@param arg1 string role
---@return duban.Marker
function role(arg1) end

--- 某单位担任某角色的人 · who holds a role for a unit
---@param arg1 string unit_field
---@param arg2 string role
---@return duban.Marker
function unit_of(arg1, arg2) end

--- 某字段里的人 · the person in a field
---@param arg1 string person_field
---@return duban.Marker
function person_of(arg1) end

---@class duban.daily
---@field at string 时刻
---@field [integer] any

--- 每天 · every day
---@param given duban.daily
---@return duban.Marker
function daily(given) end

---@class duban.weekly
---@field day table|string 星期几（1 是星期一）
---@field at? string 时刻
---@field [integer] any

--- 每周 · every week
---@param given duban.weekly
---@return duban.Marker
function weekly(given) end

---@class duban.monthly
---@field day? integer 几号（负数从月末数）
---@field workday? integer 第几个工作日（负数从月末数）
---@field at? string 时刻
---@field [integer] any

--- 每月 · every month
---@param given duban.monthly
---@return duban.Marker
function monthly(given) end

---@class duban.quarterly
---@field day? integer 季度的第几天（负数从季末数）
---@field workday? integer 季度的第几个工作日（负数从季末数）
---@field at? string 时刻
---@field [integer] any

--- 每季 · every quarter
---@param given duban.quarterly
---@return duban.Marker
function quarterly(given) end

---@class duban.yearly
---@field month table|string 月份
---@field day? integer 几号
---@field workday? integer 第几个工作日
---@field at? string 时刻
---@field [integer] any

--- 每年 · every year
---@param given duban.yearly
---@return duban.Marker
function yearly(given) end

---@class duban.opened
---@field [integer] any
---@field [string] any

--- 立案登记的内容 · what the case is opened with
---@param given duban.opened
---@return duban.Marker
function opened(given) end

---@class duban.at
---@field [integer] any

--- 在那一天（或那一刻） · on that day, or at that moment
---@param arg1 string moment
---@return fun(given: duban.at): duban.Marker
function at(arg1) end

---@class duban.records
---@field on? string 事情发生之日
---@field [integer] any
---@field [string] any

--- 有人记录一件事 · somebody records a fact
---@param arg1 string fact
---@return fun(given: duban.records): duban.Marker
function records(arg1) end

---@class duban.approved
---@field opinion? string 批准意见
---@field basis? string 依据
---@field [integer] any

--- 批准 · a step is approved
---@param arg1 string step
---@param arg2? any opinion
---@return fun(given: duban.approved): duban.Marker
function approved(arg1, arg2) end

---@class duban.rejected
---@field opinion? string 意见
---@field [integer] any

--- 否决 · a step is rejected
---@param arg1 string step
---@param arg2? any opinion
---@return fun(given: duban.rejected): duban.Marker
function rejected(arg1, arg2) end

---@class duban.signals
---@field [integer] any
---@field [string] any

--- 收到信号 · a signal arrives
---@param arg1 string signal_name
---@return fun(given: duban.signals): duban.Marker
function signals(arg1) end

--- 子案件结束 · a child case ends
---@param arg1 string words
---@param arg2 string words
---@return duban.Marker
function child_ends(arg1, arg2) end

--- 时间走到 · the clock runs there
---@param arg1 string moment
---@return duban.Marker
function until_(arg1) end

--- 期限的到期日是 · a deadline is due on
---@param arg1 string deadline
---@param arg2 string day
---@return duban.Marker
function due(arg1, arg2) end

--- 已到某一级 · a rung was reached
---@param arg1 string step
---@param arg2? string day
---@return duban.Marker
function reached(arg1, arg2) end

--- 没有到某一级 · a rung was not reached
---@param arg1 string step
---@return duban.Marker
function not_reached(arg1) end

--- 处于某状态 · the case is in a state
---@param arg1 string state
---@return duban.Marker
function state_is(arg1) end

--- 发出过某模板的消息 · a message of a template was emitted
---@param arg1 string words
---@return duban.Marker
function sent(arg1) end

--- 拟过某文书 · a paper was drawn up
---@param arg1 string words
---@return duban.Marker
function paper(arg1) end

--- 某一级在等批准 · a proposal waits
---@param arg1 string step
---@return duban.Marker
function waiting(arg1) end

---@class duban.channel
---@field request fun(message: table, conf: table): table 由消息和渠道设置给出请求 { method, url, headers, body }
---@field answer fun(reply: table): table 由应答 { status, body, json } 给出结论 { outcome, code, text, ref, after }
---@field [integer] any

--- 一个网关；渠道脚本返回它 · one gateway; the script of a channel returns it
---@param arg1 string title
---@return fun(given: duban.channel): duban.Marker
function channel(arg1) end

--- 密钥，只写名字；值在信使里才填上，脚本看不到 · a secret by its name alone; only the courier puts its value in
---@param arg1 string words
---@return duban.Marker
function secret(arg1) end

--- 发送的时刻："s" "ms" "iso" "compact"；{ "ms", number = true } 在 json 里是数 · when it is sent: s, ms, iso, compact; { "ms", number = true } is a number in json
---@param arg1 string words
---@return duban.Marker
function timestamp(arg1) end

--- 依次连接各项 · the items, one after the other
---@param arg1 any value
---@return duban.Marker
function concat(arg1) end

--- 写成 JSON，里面可以有别的词 · as JSON, with other words inside
---@param arg1 any data
---@return duban.Marker
function json(arg1) end

--- Base64 编码 · in base64
---@param arg1 any value
---@return duban.Marker
function base64(arg1) end

--- 网址编码 · percent-encoded
---@param arg1 any value
---@return duban.Marker
function urlencode(arg1) end

--- MD5，小写十六进制 · MD5 in small hexadecimal
---@param arg1 any value
---@return duban.Marker
function md5(arg1) end

---@class duban.hmac
---@field key any 密钥
---@field of any 被签的内容
---@field as? "hex"|"base64"|"raw" 写法
---@field [integer] any

--- HMAC-SHA256 · HMAC-SHA256
---@param given duban.hmac
---@return duban.Marker
function hmac(given) end
