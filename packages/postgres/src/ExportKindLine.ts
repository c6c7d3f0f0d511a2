/**
 * Reads the line of what is no event, and holds it to the rules of what it stands for.
 *
 * Guarantees: what passes is what a store takes; a line that breaks a rule answers which part of it breaks which. A key is
 * only one when it has the form of a wrapped one: nothing that could be a key in clear passes.
 */
import { ForgottenSubject, maxEventsPerAppend, maxEventSize, NewAction, StreamId } from "@eventfold/event-store"
import { digestSubject } from "@eventfold/event-store/KeyStorage"
import { isPlainText } from "@eventfold/event-store/PlainText"
import { problemOf } from "@eventfold/event-store/PreparedEvent"
import { DateTime, Result, Schema, SchemaIssue } from "effect"
import { dataMark } from "./ExportFormat.ts"
import { detailsMark, type ExportedAction, type ExportedArchive, type ExportedBeside } from "./ExportKinds.ts"
import { instantRule, isInstant, parseJson, type Problem } from "./ExportLine.ts"

/** Whether a line says of which kind it is; an event does not. */
export const isKind = (line: string): boolean => line.startsWith('{"kind":')

/** Reads such a line. */
export const readKind = (line: string): Result.Result<ExportedAction | ExportedBeside, Problem> => {
  const kind = /^\{"kind":"([a-z]+)"/u.exec(line)?.[1]
  switch (kind) {
    case "action":
      return readAction(line)
    case "repair":
      return readRepair(line)
    case "archived":
      return readWhole(decodeArchive(parseJson(line)), problemOfArchive)
    case "forgotten":
      return readWhole(decodeForgotten(parseJson(line)), ({ subject }) =>
        subject === digestSubject
          ? { field: "subject", rule: "must be a person, and no key of the program" }
          : undefined
      )
    case "key":
      return readWhole(decodeKey(parseJson(line)), problemOfKey)
    default:
      return fail("kind", "must be action, repair, archived, forgotten or key")
  }
}

const Whole = Schema.Int.check(
  Schema.makeFilter((value: number) => value >= 1 && Number.isSafeInteger(value), {
    expected: "a whole number from 1"
  })
)
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Instant = Schema.String.check(Schema.makeFilter(isInstant, { expected: instantRule.replace("must be ", "") }))

const Action = Schema.Struct({
  kind: Schema.Literal("action"),
  position: Whole,
  tenant: NewAction.fields.tenant,
  action: NewAction.fields.action,
  subject: NewAction.fields.subject,
  actor: NewAction.fields.actor,
  reason: NewAction.fields.reason,
  correlationId: Schema.NullOr(NewAction.fields.actor),
  causationId: Schema.NullOr(NewAction.fields.actor),
  recordedAt: Instant
})

const Repair = Schema.Struct({
  kind: Schema.Literal("repair"),
  number: Whole,
  position: Whole,
  eventId: Schema.String,
  type: Schema.String,
  schemaVersion: Schema.Int,
  actor: Schema.String,
  reason: Schema.String,
  repairedAt: Instant
})

const Archive = Schema.Struct({
  kind: Schema.Literal("archived"),
  number: Whole,
  tenant: StreamId.StreamId.fields.tenant,
  category: StreamId.StreamId.fields.category,
  stream: StreamId.StreamId.fields.id,
  version: Whole,
  positions: Schema.Array(Whole),
  types: Schema.Array(Schema.String),
  appendSizes: Schema.Array(Count),
  archivedAt: Instant,
  restoredAt: Schema.NullOr(Instant),
  file: Schema.String,
  checksum: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u, { message: "must be 64 hexadecimal digits" })),
  bytes: Count
})

const Forgotten = Schema.Struct({
  kind: Schema.Literal("forgotten"),
  tenant: ForgottenSubject.fields.tenant,
  subject: ForgottenSubject.fields.subject,
  forgottenAt: Instant,
  actor: ForgottenSubject.fields.actor,
  reason: ForgottenSubject.fields.reason
})

const Key = Schema.Struct({
  kind: Schema.Literal("key"),
  tenant: ForgottenSubject.fields.tenant,
  subject: ForgottenSubject.fields.subject,
  version: Whole.check(Schema.isLessThan(2 ** 31)),
  masterKey: Schema.NullOr(
    Schema.String.check(
      Schema.isPattern(/^[0-9a-f]{16}$/u, { message: "must be the name of a master key: 16 hexadecimal digits" })
    )
  ),
  // A nonce of 12 bytes, and the 32 bytes of a key with a tag of 16: see `Encryption` in event-store.
  wrapped: Schema.NullOr(
    Schema.String.check(
      Schema.isPattern(/^[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{64}$/u, {
        message: "must be a wrapped key: 16 and 64 characters of base64url with a point between"
      })
    )
  )
})

const strict = { onExcessProperty: "error" } as const
const decodeAction = Schema.decodeUnknownResult(Action, strict)
const decodeDetails = Schema.decodeUnknownResult(NewAction.fields.details)
const decodeRepair = Schema.decodeUnknownResult(Repair, strict)
const decodeArchive = Schema.decodeUnknownResult(Archive, strict)
const decodeForgotten = Schema.decodeUnknownResult(Forgotten, strict)
const decodeKey = Schema.decodeUnknownResult(Key, strict)

const readAction = (line: string): Result.Result<ExportedAction, Problem> => {
  const [head, details] = cut(line, detailsMark)
  const action = decodeAction(parseJson(head))
  if (Result.isFailure(action)) return Result.fail(firstProblem(action.failure))
  const read = decodeDetails(parseJson(details))
  if (Result.isFailure(read)) return fail("details", firstProblem(read.failure).rule)
  return Result.succeed({ ...action.success, details })
}

const readRepair = (line: string): Result.Result<ExportedBeside, Problem> => {
  const [head, data] = cut(line, dataMark)
  const repair = decodeRepair(parseJson(head))
  if (Result.isFailure(repair)) return Result.fail(firstProblem(repair.failure))
  if (data.length > maxEventSize) return fail("data", `must be at most ${maxEventSize} characters`)
  const value = parseJson(data)
  if (value === undefined) return fail("data", "must be JSON")
  const { actor, eventId, reason, repairedAt, schemaVersion, type } = repair.success
  const occurredAt = DateTime.makeUnsafe(repairedAt)
  const metadata = { actor, reason }
  const problem = problemOf({ id: eventId, type, schemaVersion, occurredAt, metadata, data: value })
  if (problem === undefined) return Result.succeed({ ...repair.success, eventId: eventId.toLowerCase(), data })
  return fail(problem[0] === "id" ? "eventId" : problem[0].replace("metadata.", ""), problem[1])
}

const readWhole = <A extends ExportedBeside>(
  read: Result.Result<A, Schema.SchemaError>,
  problemIn: (entry: A) => Problem | undefined
): Result.Result<A, Problem> => {
  if (Result.isFailure(read)) return Result.fail(firstProblem(read.failure))
  const problem = problemIn(read.success)
  return problem === undefined ? Result.succeed(read.success) : Result.fail(problem)
}

const problemOfArchive = (entry: ExportedArchive): Problem | undefined => {
  const { appendSizes, file, positions, types, version } = entry
  for (const [field, list] of Object.entries({ positions, types, appendSizes })) {
    if (list.length !== version) return { field, rule: `must be ${version}, one for each version` }
  }
  if (!positions.every((position, at) => position > (positions[at - 1] ?? 0))) {
    return { field: "positions", rule: "must rise" }
  }
  if (!types.every((type) => type.length >= 1 && type.length <= 128 && isPlainText(type))) {
    return { field: "types", rule: "must be of 1 to 128 characters without control characters" }
  }
  let missing = 0
  for (const size of appendSizes) {
    if ((missing === 0) !== size > 0 || size > maxEventsPerAppend) {
      return { field: "appendSizes", rule: "must stand on the first event of each append, and 0 on its others" }
    }
    missing = missing === 0 ? size - 1 : missing - 1
  }
  if (missing > 0) return { field: "appendSizes", rule: `${missing} more events of the last append must follow` }
  const steps = file.split(/[\\/]/u)
  if (!isPlainText(file) || file.length > 1024 || steps.some((step) => step === "" || step === "." || step === "..")) {
    return { field: "file", rule: "must be a path below the directory of the archive" }
  }
  return undefined
}

const problemOfKey = ({ masterKey, version, wrapped }: Extract<ExportedBeside, { kind: "key" }>) => {
  if ((masterKey === null) !== (wrapped === null)) {
    return { field: "wrapped", rule: "must be there together with masterKey, or neither of them" }
  }
  return wrapped === null && version > 1
    ? { field: "wrapped", rule: "must be there on every version but the first" }
    : undefined
}

/** Cuts a line into what stands before its last field (made an object again) and the text of that field. */
const cut = (line: string, mark: string): readonly [head: string, text: string] => {
  const at = line.indexOf(mark)
  return at === -1 || !line.endsWith("}") ? [line, ""] : [`${line.slice(0, at)}}`, line.slice(at + mark.length, -1)]
}

const firstProblem = ({ issue }: Schema.SchemaError): Problem => {
  const [first] = format(issue).issues
  const path = first?.path?.map(String).join(".") ?? ""
  const rule = (first?.message ?? "must be the JSON object of this kind").replaceAll(/\s*\n\s*/gu, " ")
  return { field: path === "" ? "line" : path, rule }
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const fail = (field: string, rule: string): Result.Result<never, Problem> => Result.fail({ field, rule })
