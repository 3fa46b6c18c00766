"""One line on each key of a workflow file, shown while it is written. Keys are those of the model."""

from __future__ import annotations

_RUNS_OVER = "Bounds it from start to end, retries included; running over is `failed`."
_UNDO = "Undoes the step, should the run fail later: a `uses` with `with`, `retry` and `timeout`."
_LOCK = "The expression of a key; steps of all runs that hold an equal one take turns."
_OUTPUT = "What it gives: named values, or one `${…}` of an object."
_BUDGET = "What calls of language models may take: `usd`, `tokens` or both. A call that would pass it is not made."
_SPENDING = {
    "usd": "US dollars, of models whose price is known.",
    "tokens": "Tokens of what is asked and of what is answered.",
    "when_over": "`stop`: a call that would pass it is not made (`over_budget`); `warn`: it is, and evidence says so; `pause`: a person is asked.",
    "role": "With `pause`: who may grant the budget once more, by `auterity approve`.",
    "timeout": "With `pause`: how long is waited for that; then the step ends `over_budget`.",
}
_AS = "The name of the item or round inside, needed where loops are nested."

STEP_HELP = {
    "description": "A note for readers.",
    "needs": "The edge, join, or list of these that must be met before the step runs: `step.outcome`.",
    "when": "An expression, read once `needs` are met; where it is false, the step is `skipped`.",
    "uses": "Runs a step type.",
    "with": "The arguments. A text may hold `${…}`.",
    "switch": "Picks the first true case; its name is the outcome. The last may be `else`.",
    "approve": "Asks people of a role; outcomes `approved`, `rejected`, `timeout`.",
    "watch": "Watches that something happens in time: `text within 5m of start`; outcomes `kept`, `breached`.",
    "receive": "Waits for an outside event; outcomes `received`, `timeout`.",
    "wait": "A durable timer: a duration, a time, business time, or `${…}`.",
    "for_each": "Runs steps for each item of a list.",
    "repeat": "Runs steps until a condition holds.",
    "call": "Runs another workflow, `name` or `name@version`; its ends are the outcomes.",
    "retry": "How often and how fast an attempt that failed is tried again.",
    "timeout": _RUNS_OVER,
    "compensate": _UNDO,
    "lock": _LOCK,
    "cache": "Takes the earlier result of an equal `key`, at most `age` old, in place of an attempt.",
    "queue": "The queue of the settings in which its attempts wait for their turn.",
    "budget": _BUDGET,
}
"""The keys of a step, of every kind."""

KEY_HELP: dict[str, dict[str, str]] = {
    "Workflow": {
        "auterity": "The version of the language, by which a workflow file is known: `1`.",
        "name": "The workflow's name: small letters, digits and hyphens.",
        "description": "A note for readers.",
        "labels": "Words for sorting and searching.",
        "input": "What a run is given: names and types, `Lead`, `string`, or a JSON Schema.",
        "triggers": "What starts a run: `webhook`, `event`, `schedule`.",
        "concurrency": "How many runs of an equal key there may be at once.",
        "idempotency_key": "An expression; a second run of an equal key is not started.",
        "idempotency_window": "How long a key counts; without it, as long as its run is kept.",
        "priority": "A whole number, or its expression: who has more waits less (0).",
        "timeout": _RUNS_OVER,
        "budget": _BUDGET,
        "steps": "The steps by id. Their order has no meaning.",
        "ends": "The named ways in which a run ends well, read in order.",
        "guarantees": "Sentences that hold on every run: `text only after consent.granted`.",
        "output": _OUTPUT,
    },
    "StepBudget": _SPENDING,
    "Budget": {**_SPENDING, "per": "`run`, or a `day` or `month` of the dealership's time zone."},
    "Join": {
        "any": "Met when all edges are settled and one or more is met.",
        "one": "Met by the one edge that can come; two are never met in one run.",
        "first": "Met as soon as one edge is.",
        "at_least": "Met as soon as so many edges of `of` are.",
        "of": "The edges of `at_least`.",
        "cancel_rest": "Once it is met, cancels the steps of the other edges.",
    },
    "Approve": {
        "role": "Whose people are asked.",
        "quorum": "How many approvals approve (1).",
        "title": "The question that is shown.",
        "form": "Fields to fill in, by type; their values are the output.",
        "edit": "Values that may be changed before approving.",
        "exclude": "`requester`: who started the run may not approve.",
        "remind": "When to remind: once `after`, or `every` so long.",
        "escalate": "Who is asked instead, and `after` how long.",
        "timeout": "After which the outcome is `timeout`, or that of `default`.",
        "default": "The outcome in place of `timeout`.",
    },
    "Receive": {
        "event": "The type of the event.",
        "match": "An expression over `event`; only an event for which it is true is taken.",
        "timeout": "After which the outcome is `timeout`.",
    },
    "ForEach": {
        "in": "An expression of the list, read once.",
        "as": _AS,
        "max_parallel": "How many items run at once (10).",
        "until_failures": "At which failed item the step fails: a number, or a share such as `20%` (1).",
        "first": "Ends at that many items that ended well.",
        "where": "Which items count for `first`: an expression over the body's steps.",
        "more": "The items that an item adds, read when it has ended well: an expression over the body's steps.",
        "max": "The most items, with those of `more`; with more than that the step fails.",
        "steps": "The steps that run for each item: a graph of its own.",
        "output": _OUTPUT,
    },
    "Repeat": {
        "steps": "The steps of a round: a graph of its own.",
        "until": "An expression, read after each round; where it is true, the loop ends.",
        "max": "The most rounds; then the outcome is `exhausted`.",
        "every": "The pause between rounds.",
        "as": _AS,
        "output": _OUTPUT,
    },
    "Retry": {
        "attempts": "How many attempts, the first one too (3).",
        "backoff": "How the pauses grow: exponential, linear or constant (exponential).",
        "initial": "The first pause (1s).",
        "factor": "By what each pause is longer than the one before (2).",
        "max": "The longest pause (1m).",
        "jitter": "Takes a random part of each pause (true).",
        "heartbeat": "Stops an attempt that says nothing for so long; the next is told how far it was (none).",
        "timeout": "Bounds one attempt.",
        "on": "The types of error that are tried again; else the error itself says.",
        "not_on": "The types of error that are not tried again, whatever they say.",
    },
    "Compensation": {
        "uses": "The step type that undoes it.",
        "with": "Its arguments, evaluated when the step ends.",
        "retry": "How often and how fast it is tried again.",
        "timeout": _RUNS_OVER,
    },
    "Cache": {
        "key": "The expression of the key.",
        "age": "How old an output may be.",
    },
    "Remind": {"every": "Again and again, so long apart.", "after": "Once, after so long."},
    "Escalate": {"after": "After so long without an answer.", "role": "Who is asked then."},
    "BusinessTime": {
        "business": "A length of business time.",
        "calendar": "The calendar whose hours count (`default`).",
    },
    "Trigger": {
        "webhook": "A run for each request.",
        "event": "A run for each outside event of a type.",
        "schedule": "A run at each tick of a cron line.",
        "input": "The run's input, made of `event`; without it an event's data is.",
        "rate_limit": "How many runs are started in so much time.",
        "debounce": "The last of several events starts the run, once no other came for a while.",
    },
    "RateLimit": {
        "limit": "How many runs are started.",
        "per": "In any stretch of time of this length.",
        "key": "An expression over `event`; each of its values has a limit of its own.",
        "when_over": "What becomes of one more: `queue`, `drop`.",
    },
    "Debounce": {
        "period": "For how long no other event may come.",
        "key": "An expression over `event`; only events with an equal value are counted together.",
        "longest": "How long the first of them waits at most.",
    },
    "Webhook": {
        "path": "Where requests are sent to.",
        "format": "How the body is read: `adf`, `json`, `form`.",
    },
    "EventTrigger": {
        "type": "The type of the event.",
        "match": "An expression over `event`; only an event for which it is true starts a run.",
    },
    "Schedule": {
        "cron": "Five fields: minute, hour, day, month, weekday.",
        "timezone": "An IANA time zone (`UTC`).",
        "missed": "What becomes of ticks without a worker: `once`, `skip`, `all`.",
        "missed_within": "Ticks that are longer ago start no run (`1d`).",
    },
    "Concurrency": {
        "key": "The expression of the key.",
        "limit": "How many runs of an equal key at once (1).",
        "when_full": "What happens to one more: `queue`, `reject`, `replace`.",
    },
}
"""The keys of every other mapping, by the model's name (`Join` for those of `needs`)."""
