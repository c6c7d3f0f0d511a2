/** `eventfold audit`: who did what, when and why. */
import { Audit, type AuditEntry, type AuditPage, largestAuditPage, NewAction } from "@eventfold/event-store"
import { Console, DateTime, Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import * as AuditLines from "../AuditLines.ts"
import * as Options from "../Options.ts"
import * as ProgressReport from "../ProgressReport.ts"
import * as StoreDatabase from "../StoreDatabase.ts"
import { inOneLine } from "../UserErrors.ts"
import { tenant } from "./Arguments.ts"

const only = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))

const flags = {
  tenant,
  actor: only("actor", "only what this one did"),
  stream: only("stream", "only this stream, such as order/order_0190f5a2-…, or this category, such as order"),
  correlation: only("correlation", "only what followed from this request"),
  causation: only("causation", "only what this command or event led to"),
  type: Flag.String("type").pipe(
    Flag.atLeast(0),
    Flag.withDescription("only events and actions of this name; may be given several times")
  ),
  from: only("from", "only what was recorded then or later: 2026-03-01, or 2026-03-01T09:30:00Z"),
  to: only("to", "only what was recorded before"),
  limit: Flag.Int("limit").pipe(Flag.withDefault(50), Flag.withDescription("so many entries, 1 to 10000; 50")),
  cursor: Flag.Int("cursor").pipe(
    Flag.optional,
    Flag.withDescription("go on where a page ended: the number that it told on standard error")
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("one JSON object per line, of the form that GET /audit has")
  )
}

type Given = { readonly [K in keyof typeof flags]: (typeof flags)[K] extends Flag.Flag<infer A> ? A : never }

/** Page after page of the log, of which each may be short or empty, until there are so many entries. */
const search = Effect.fnUntraced(function* (asked: AuditPage, onProgress: ProgressReport.ProgressReport["step"]) {
  const audit = yield* Audit
  const entries: Array<AuditEntry> = []
  let [cursor, total] = [asked.cursor, 0]
  while (entries.length < asked.limit) {
    const limit = Math.min(asked.limit - entries.length, largestAuditPage)
    const page = yield* audit.page({ ...asked, limit, ...(cursor === undefined ? {} : { cursor }) })
    entries.push(...page.entries)
    cursor = page.next
    if (cursor === undefined) break
    total = Math.max(total, cursor)
    yield* onProgress({ task: "searching", done: total - cursor, total, of: "positions" })
  }
  return { entries, cursor }
})

const run = Effect.fn("eventfold audit")(function* (asked: AuditPage, json: boolean) {
  const { cursor, entries } = yield* ProgressReport.show((onProgress) => search(asked, onProgress))
  for (const entry of entries) yield* Console.log(json ? AuditLines.json(entry) : AuditLines.text(entry))
  if (entries.length === 0) yield* Console.error(`nothing like that is in the audit of tenant ${asked.tenant}`)
  if (cursor !== undefined) yield* Console.error(`there is more: --cursor ${cursor}`)
})

const limits = { minimum: 1, maximum: 10_000 }
const Limit = Schema.Int.check(Schema.isBetween(limits, { message: "must be a whole number from 1 to 10000" }))
const Cursor = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1, { message: "must be a number that a page told" }))
const Text = NewAction.fields.actor

const pageOf = Effect.fnUntraced(function* (given: Given) {
  const tenant = yield* Options.tenantOf(given.tenant)
  const text = (name: "actor" | "correlation" | "causation") => Options.checkOptional(`--${name}`, Text, given[name])
  const [actor, correlationId, causationId] = [
    yield* text("actor"),
    yield* text("correlation"),
    yield* text("causation")
  ]
  const [from, to] = [yield* Options.timeOf("--from", given.from), yield* Options.timeOf("--to", given.to)]
  if (from !== undefined && to !== undefined && DateTime.isGreaterThanOrEqualTo(from, to)) {
    return yield* new Options.OptionRefused({ option: "--to", rule: "must be later than --from" })
  }
  const types = yield* Effect.forEach(given.type, (type) => Options.check("--type", NewAction.fields.action, type))
  const cursor = yield* Options.checkOptional("--cursor", Cursor, given.cursor)
  const page: AuditPage = {
    tenant,
    order: "newest",
    limit: yield* Options.check("--limit", Limit, given.limit),
    ...(Option.isNone(given.stream) ? {} : yield* Options.streamOrCategoryOf(tenant, given.stream.value)),
    ...(actor === undefined ? {} : { actor }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(causationId === undefined ? {} : { causationId }),
    ...(types.length === 0 ? {} : { types }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(cursor === undefined ? {} : { cursor })
  }
  return page
})

/** Lists the audit. */
export const auditCommand = Command.make("audit", flags, (given) =>
  Effect.gen(function* () {
    const page = yield* pageOf(given)
    yield* Effect.provide(run(page, given.json), StoreDatabase.ports)
  }).pipe(inOneLine)
).pipe(
  Command.withDescription(
    "Lists the audit of a tenant, the newest first: every event without its data, and every action that is no event, with " +
      "who did it, when and why. All filters can be combined. Entries go to standard output, and standard error tells how " +
      "to go on when there are more. An embedded database belongs to one process: stop the service before, or ask its GET /audit."
  ),
  Command.withShortDescription("List who did what, when and why"),
  Command.withExamples([
    { command: "eventfold audit --actor ada --from 2026-03-01 --to 2026-04-01", description: "What ada did in March" },
    {
      command: "eventfold audit --type PersonForgotten --type EventRepaired --json",
      description: "Who was forgotten and what was repaired, for a program"
    }
  ])
)
