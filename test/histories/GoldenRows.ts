/**
 * Golden rows: what a projection makes of every golden history of its context.
 *
 * They hold a projection to what it has been. Rows are kept as long as the fingerprint of their projection stays, so a
 * projection that makes other rows of the same events must declare another version: nothing else can tell.
 */
import { type DomainEvent, Projection } from "@eventfold/decider"
import { EventCodec } from "@eventfold/event-store"
import { fingerprint as digest } from "@eventfold/event-store/Fingerprint"
import { Effect, Equal, Option, Predicate, Schema } from "effect"
import { type Finding, type History, recorded } from "./History.ts"

/** The rows of a projection, in their JSON form, by the name of the history they are made of. */
export const GoldenRows = Schema.Struct({
  /** The digest of the fingerprint of the projection that made them. */
  fingerprint: Schema.String,
  rows: Schema.Record(Schema.String, Schema.Array(Schema.Json))
})
/** The rows of a projection by histories. */
export interface GoldenRows extends Schema.Schema.Type<typeof GoldenRows> {}

/** Reads a file of golden rows. */
export const parse = Schema.decodeEffect(Schema.fromJsonString(GoldenRows))
/** The text of a file of golden rows. */
export const print = (golden: GoldenRows): string => `${JSON.stringify(golden, null, 2)}\n`

/** A projection whose rows are held to what they have been. */
export interface HeldProjection {
  /** The folder below `test/golden`. */
  readonly context: string
  /** The name of its read model, and of its file. */
  readonly name: string
  /** What it makes today of histories by their names. */
  readonly make: (histories: ReadonlyMap<string, History>) => Effect.Effect<GoldenRows, Error>
}

/** A projection of the streams of one category; `subject` is the field of its events that holds the id of the stream. */
export const projection = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(
  { category, context, subject }: { readonly category: string; readonly context: string; readonly subject: string },
  of: Projection.Projection<Event, Row, Key, Counter>
): HeldProjection => {
  const codec = EventCodec.make(of.events)
  const wanted = Projection.eventTypes(of)
  const encode = Schema.encodeEffect(Schema.fromJsonString(Schema.toCodecJson(Schema.Array(of.readModel.Row))))
  const rowsOf = Effect.fnUntraced(function* (events: History["events"]) {
    const recorded = events
      .map((event, index) => placed(event, index, category, subject))
      .filter(({ type }) => wanted.includes(type))
    const decoded = yield* codec.decode(recorded)
    const happened = decoded.flatMap((event, index) => {
      const place = recorded[index]
      return place === undefined ? [] : [{ event, recorded: place }]
    })
    const { changes, parked } = Projection.foldBatch(of)(new Map(), happened, [], new Map())
    for (const { failure } of parked) if (Option.isSome(failure)) return yield* failure.value
    const rows = yield* Effect.fromResult(Projection.apply(of.readModel, new Map(), changes))
    const sorted = Array.from(rows).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return yield* Schema.decodeEffect(Schema.fromJsonString(Schema.Array(Schema.Json)))(
      yield* encode(sorted.map(([, row]) => row))
    )
  })
  return {
    context,
    name: of.readModel.name,
    make: (histories) =>
      Effect.gen(function* () {
        const made = yield* Effect.forEach(histories, ([name, { events }]) =>
          Effect.map(rowsOf(events), (rows) => [name, rows] as const)
        )
        return { fingerprint: yield* digest(Projection.fingerprint(of)), rows: Object.fromEntries(made) }
      })
  }
}

/** As the store has it in the stream that its subject names. */
const placed = (event: History["events"][number], index: number, category: string, subject: string) => {
  const id = Predicate.hasProperty(event.data, subject) ? event.data[subject] : undefined
  return recorded(event, index, { category, id: Predicate.isString(id) ? id : "" })
}

/** Compares the rows of today with those on record; `undefined` when there are none yet. */
export const compare = (name: string, now: GoldenRows, before: GoldenRows | undefined): Finding<GoldenRows> => {
  if (before !== undefined && before.fingerprint === now.fingerprint) {
    const other = Object.keys(before.rows).find((history) => !Equal.equals(before.rows[history], now.rows[history]))
    if (other !== undefined) {
      const problem =
        `${name}: makes other rows of ${other}, under the same fingerprint. Rows made before would be kept as if nothing ` +
        "had changed. If this is meant, raise the `version` of the projection and run `npm run histories`; if not, it has a " +
        `mistake.\n  before: ${JSON.stringify(before.rows[other])}\n  now:    ${JSON.stringify(now.rows[other])}`
      return { _tag: "Refused", problem }
    }
    if (Object.keys(now.rows).length === Object.keys(before.rows).length) return { _tag: "Holds" }
  }
  const problem = `${name}: its golden rows are those of another projection or of other histories. Run \`npm run histories\` and look at what has changed.`
  return { _tag: "Outdated", problem, renewed: now }
}
