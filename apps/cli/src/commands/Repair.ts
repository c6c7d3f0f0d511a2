/** `eventfold repair`: puts other data in the place of one event that cannot be decoded. */
import { EventRepairs, EventStore, type NewRepair, PersonalPlaces, type StreamId } from "@eventfold/event-store"
import { type Config, Console, Effect, FileSystem, Option, Predicate, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import * as Options from "../Options.ts"
import * as StoreDatabase from "../StoreDatabase.ts"
import * as StoredEvents from "../StoredEvents.ts"
import { inOneLine } from "../UserErrors.ts"
import { actor, reason, tenant } from "./Arguments.ts"

const optional = <A>(flag: Flag.Flag<A>, description: string) =>
  flag.pipe(Flag.optional, Flag.withDescription(description))

const flags = {
  position: optional(Flag.Int("position"), "which event: its position in the log, as the error tells it"),
  tenant,
  stream: optional(Flag.String("stream"), "or its stream, such as order/order_0190f5a2-…, together with --version"),
  version: optional(Flag.Int("version"), "and its version there"),
  eventId: optional(Flag.String("event-id"), "repair it only if this is its id, so that a slip repairs nothing"),
  type: optional(Flag.String("type"), "the name of the event to read in its place; otherwise the one it has"),
  schemaVersion: optional(
    Flag.Int("schema-version"),
    "the version of the shape the data has; otherwise the one the event has"
  ),
  data: optional(Flag.String("data"), "the data to read in its place, in clear, as JSON"),
  file: optional(Flag.String("file"), "or the file in which that stands, which keeps personal data out of the shell"),
  actor,
  reason
}

/** How an event was pointed out, with the option to blame when there is none. */
type Place =
  | { readonly option: "--position"; readonly position: number; readonly tenant: string | undefined }
  | { readonly option: "--version"; readonly stream: StreamId.StreamId; readonly version: number }

/** What was asked for, as far as it can be checked without a store. */
interface Asked extends Pick<NewRepair, "actor" | "reason" | "data"> {
  readonly place: Place
  readonly dataOption: "--data" | "--file"
  readonly eventId: string | undefined
  readonly type: string | undefined
  readonly schemaVersion: number | undefined
}

const refused = (option: string, rule: string) => new Options.OptionRefused({ option, rule })

const find = Effect.fnUntraced(function* (place: Place) {
  const store = yield* EventStore
  if (place.option === "--position") {
    const [found] = (yield* store.readLog({ after: place.position - 1, limit: 1 })).events
    if (found?.position !== place.position) return yield* refused("--position", "no event is stored there")
    if (place.tenant !== undefined && place.tenant !== found.stream.tenant) {
      return yield* refused("--tenant", `the event at position ${place.position} is of tenant ${found.stream.tenant}`)
    }
    return found
  }
  const { stream, version } = place
  const [found] = yield* store.readPage(stream, { direction: "forwards", from: version, limit: 1 })
  if (found !== undefined) return found
  const of = `${Options.shownStream(stream)} of tenant ${stream.tenant}`
  const [last] = yield* store.readPage(stream, { direction: "backwards", from: Number.MAX_SAFE_INTEGER, limit: 1 })
  return yield* last === undefined
    ? refused("--stream", `there is no stream ${of}`)
    : refused("--version", `the last version of ${of} is ${last.version}`)
})

/** Data as one line that shows no personal value. */
const shown = (data: Schema.Json): string =>
  JSON.stringify(data, (_, value: unknown) =>
    isJsonObject(value) && PersonalPlaces.isSealedJson(value) ? `[personal value of ${value.subject}]` : value
  )
const isJsonObject = (value: unknown): value is Schema.JsonObject =>
  Predicate.isObject(value) && Schema.is(Schema.Json)(value)

const inLine = (text: string) => text.replaceAll(/\s*\n\s*/gu, " ")

/** The options by the names of the parts of a repair. */
const optionOf = ({ dataOption, place }: Asked, field: string): string =>
  ({ position: place.option, eventId: "--event-id", schemaVersion: "--schema-version", data: dataOption })[field] ??
  `--${field}`

const run = Effect.fn("eventfold repair")(function* (asked: Asked) {
  const { actor, data, reason } = asked
  const event = yield* find(asked.place)
  const { position, stream, version } = event
  const known = StoredEvents.of(stream.category)
  if (known === undefined) {
    const rule = `the event is of a stream ${stream.category}; this program knows those of ${StoredEvents.categories.join(", ")}`
    return yield* refused(asked.place.option, rule)
  }
  const { eventId = event.id, schemaVersion = event.schemaVersion, type = event.type } = asked
  if (!known.types.has(type)) {
    const rule = `no event of ${stream.category} is called ${type}: ${Array.from(known.types.keys()).join(", ")} are`
    return yield* refused("--type", rule)
  }
  const problem = yield* known.problem(event)
  const before = (yield* (yield* EventRepairs).find([position])).get(position)
  const repair = yield* known
    .repair({ position, eventId, type, schemaVersion, data, actor, reason })
    .pipe(
      Effect.catchTag("RepairRefused", ({ field, rule }) => Effect.fail(refused(optionOf(asked, field), inLine(rule))))
    )
  const where = `version ${version} of ${Options.shownStream(stream)} of tenant ${stream.tenant}`
  const lines = [
    `repaired the event at position ${position}, ${where}`,
    `was: ${event.type} v${event.schemaVersion} ${shown(event.data)}`,
    `     which cannot be decoded: ${inLine(problem ?? "")}`,
    ...(before === undefined
      ? []
      : [`     and was read as: ${before.type} v${before.schemaVersion} ${shown(before.data)}, by ${before.actor}`]),
    `now: ${repair.type} v${repair.schemaVersion} ${shown(repair.data)}`,
    ...(before === undefined
      ? []
      : ["restart the service and rebuild the read models that have seen the repair before"])
  ]
  yield* Effect.forEach(lines, (line) => Console.log(line), { discard: true })
})

type Given = { readonly [K in keyof typeof flags]: (typeof flags)[K] extends Flag.Flag<infer A> ? A : never }

const placeOf = Effect.fnUntraced(function* (given: Given): Effect.fn.Return<Place, PlaceError> {
  const { position, stream, version } = given
  if (Option.isSome(position) === Option.isSome(stream) || Option.isSome(stream) !== Option.isSome(version)) {
    return yield* refused("--position", "say which event by it, or else by --stream and --version")
  }
  const tenant = yield* Options.tenantOf(given.tenant)
  if (Option.isSome(position)) {
    return {
      option: "--position",
      position: yield* Options.check("--position", atLeastOne, position.value),
      tenant: Option.isSome(given.tenant) ? tenant : undefined
    }
  }
  return {
    option: "--version",
    stream: yield* Options.streamOf(tenant, Option.getOrThrow(stream)),
    version: yield* Options.check("--version", atLeastOne, Option.getOrThrow(version))
  }
})

type PlaceError = Options.OptionRefused | Config.ConfigError

const atLeastOne = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1, { message: "must be a whole number from 1" }))

const dataOf = Effect.fnUntraced(function* ({ data, file }: Given) {
  if (Option.isSome(data) === Option.isSome(file))
    return yield* refused("--data", "give the data by it, or else by --file")
  if (Option.isSome(data)) return { dataOption: "--data", data: yield* Options.jsonOf("--data", data.value) } as const
  const path = Option.getOrElse(file, () => "")
  const text = yield* Effect.mapError((yield* FileSystem.FileSystem).readFileString(path), ({ message }) =>
    refused("--file", `${path} cannot be read: ${message}`)
  )
  return { dataOption: "--file", data: yield* Options.jsonOf("--file", text) } as const
})

/** Repairs an event. */
export const repairCommand = Command.make("repair", flags, (given) =>
  Effect.gen(function* () {
    const asked: Asked = {
      place: yield* placeOf(given),
      ...(yield* dataOf(given)),
      ...(yield* Options.auditedBy(given)),
      eventId: Option.getOrUndefined(given.eventId),
      type: Option.getOrUndefined(given.type),
      schemaVersion: yield* Options.checkOptional("--schema-version", atLeastOne, given.schemaVersion)
    }
    yield* Effect.provide(run(asked), StoreDatabase.ports)
  }).pipe(inOneLine)
).pipe(
  Command.withDescription(
    "Repairs one stored event that cannot be decoded: from now on this data is read in its place. The event itself stays " +
      "as it is stored, its position, stream and business time hold for the repair, and every repair is kept. The audit " +
      "tells of it (EventRepaired). Refuses an event that can be decoded, which is history and is corrected by another " +
      "event, and data that cannot be decoded either. Personal values are given in clear, as " +
      '{"subject": "…", "value": …}, and are sealed. An embedded database belongs to one process: stop the service before.'
  ),
  Command.withShortDescription("Repair one event that cannot be decoded"),
  Command.withExamples([
    {
      command: `eventfold repair --position 4711 --file repaired.json --actor grace --reason 'as on the paper order'`,
      description: "By the position that the error names"
    },
    {
      command:
        "eventfold repair --stream order/order_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55 --version 2 --type OrderCancelled " +
        `--schema-version 1 --file cancelled.json --actor grace --reason 'it was a cancellation'`,
      description: "By its version, and as another event"
    }
  ])
)
