-- What no single key can say: how dates, rungs and people work together. Each note
-- is a pair, Chinese and English, in the order of docs/language.md.

-- luacheck: no max line length
return {
  { "函数只看案件、只给结果：`case.number` `.state` `.title`，`case.record.unit` 或 `case.record[\"责任单位\"]`，"
      .. "`case.facts.signed`（`count` 次数、`on` 日期和表单各项，没有登记过就是 nil），"
      .. "`case.deadlines.finish`（`due` `status` `armed`，没有起算就是 nil），`case.rungs.call`（到过几次），"
      .. "`case.children`（`number` `workflow` `state` `outcome`），`case.parent`。日期都是 \"2026-03-05\" 这样的文字，可以比较先后。",
    "A function sees the case and gives a value: dates are texts such as \"2026-03-05\" and can be compared." },
  { "函数可以返回 `setting \"x\"`、`field \"x\"` 或时间，与直接写的一样。",
    "A function may return `setting \"x\"`, `field \"x\"` or a time: it means the same as written in place." },
  { "`applies` 得否的期限不起算，也不妨碍登记；写了 `applies` 就不必从 budget 返回空值。",
    "A deadline whose `applies` says no is not started, and nothing is refused for it." },
  { "事实的动作里，`field \"x\"` 和 `each \"x\"` 先看这件事自己的表单，再看立案登记。",
    "In the effects of a fact, `field` and `each` look at its own form first, then at the record." },
  { "`split`（拆分）和 `merged`（合并）可以自己写表单和动作；其余每案都有的事实不能重写。",
    "`split` and `merged` may be written by the script, with a form and effects of their own." },
  { "办结状态的 `on` 里可以写 `reopened` 或任何自己的事实（如反弹）：登记后案件重开，期限另起一次（次数加一），阶梯从头再走。",
    "A final state may list `reopened` or any own fact in `on`: it reopens the case, deadlines "
      .. "start again, ladders climb again." },
  { "重开时，由事实起算、其 `met` 还走得到的期限从重开之日另起；由状态起算的随进入状态起算。",
    "Reopening starts again the fact-started deadlines whose `met` can still be reached." },
  { "到期之前的步骤（at 为负数）必写 `early`：起算时那天已过，`\"skip\"` 不再做，`\"now\"` 立即做。`at` 是函数的，不写就是 now。",
    "A step before the due day states `early`; where `at` is a function it is now unless stated." },
  { "写了 `after` 的步骤从前一级执行之日数起，已过的立即做（总是 now）。前一级待批的，批准之日才算执行。",
    "A rung after another counts from the day that one was carried out (its effects released), and "
      .. "is always `now`." },
  { "如期完成（`met`）的，该期限的阶梯都停；逾期才完成的，由各阶梯的 `stops` 决定。",
    "Met in time ends the ladders of the deadline; met late leaves them to `stops`." },
  { "暂停和提交：第一天不计，退回或恢复的当天重新计。重叠的暂停合并。",
    "A pause or a submission takes out its first day up to, not including, the day of return." },
  { "阶梯在期限已提交时停住，退回后接着数；写了 `holds` `resumes` 的只听这两项。状态的代号也可以写在里面。",
    "A ladder is held while its deadline is submitted; `holds` and `resumes`, if written, say otherwise." },
  { "更正，或者 `keeps` 改写了登记，正在走的期限随之改期。已做的一级，应做之日移到将来的（晚于更正的当天）作废（被推翻），到时再做；改后的应做之日已到或已过的，措施保留，explain 注明改期后应为哪天。",
    "A correction or a kept field re-dates the live deadline; a fired rung whose instant moves "
      .. "into the future is superseded and may fire again; one whose new day is today or over stands." },
  { "提请过了 `within` 没有批，退回经办人；登记 `proposed_again`（重新提请，写明哪一级）再送批。",
    "A proposal past `within` returns to the drafter; the fact `proposed_again` puts it up once more." },
  { "`recorded = { paper = true }` 的事实由他人代录时须附材料；本人登记不必。代录处处写明。",
    "A fact with `recorded = { paper = true }` needs a paper when it is recorded for another; one's own does not." },
  { "`signs = true` 的事实和批准是签发：它引出的文书在此时取文号，别的时候只是草稿。",
    "A fact that `signs`, and an approval, take the numbers of the papers they bring about." },
  { "`open` 写了 `join`，就并入同一单位立的、该字段值相同的在办案件：列表字段合在一起，不再另立。",
    "`open` with `join` adds to an open case whose field has the same value: its lists are joined." },
  { "没有写在当前状态 `on` `takes` `late` 里的信号，留痕但不起作用（`not_taken`：本案现处状态不接受，仅留痕）。",
    "A signal that the present state does not list is noted and does nothing." },
}
