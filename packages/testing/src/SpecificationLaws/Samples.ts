/**
 * Rows, specifications and sorts the laws make up. The values are few, so that many are equal, and odd: null, empty
 * text, quotes, the signs of `like`, text beyond U+FFFF, letters whose case is a matter of taste, the ends of numbers.
 */
import { Rows, SearchTokens, Sorting, Specification } from "@eventfold/decider"
import { DateTime, Effect, Random, Schema } from "effect"

/** A row with a field of every kind. All fields but `label` may be null; `batch` and `id` are the key. */
export const Sample = Schema.Struct({
  batch: Schema.String,
  id: Schema.Int,
  label: Schema.String,
  note: Schema.NullOr(Schema.String),
  whole: Schema.NullOr(Schema.Int),
  // @effect-diagnostics-next-line schemaNumber:off -- databases hold NaN and the infinities, too.
  size: Schema.NullOr(Schema.Number),
  flag: Schema.NullOr(Schema.Boolean),
  seenAt: Schema.NullOr(Schema.DateTimeUtc),
  words: Schema.NullOr(Schema.Array(Schema.String))
})
/** A row with a field of every kind. */
export interface Sample extends Schema.Schema.Type<typeof Sample> {}

/** The samples as rows of a read model. */
export const samples = Rows.make("samples", Sample, { key: ["batch", "id"] })

/** The field of a sample. */
export const sample = samples.field

const pieces = [
  ..."aAbBkK.%_\\'\";-$?1² \näÄßẞéﬁİıſΣσςǄǅǆ😀",
  ..."\u0001\u00a0\u0301\u212a\ud7ff\ue000\ufffd\u{10000}\u{10400}\u{10428}\u{10ffff}",
  "null",
  "' or true --",
  "%%",
  "\\%",
  "Ann",
  "ann"
] as const
const wholes = [0, 1, -1, 2, 3, 42, 2_147_483_647, -2_147_483_648]
const sizes = [0, -0, 1, -1, 0.1, 0.2, 0.3, 1.5, 1e21, -1e-7, 5e-324, 1.7e308, 2 ** 53, -(2 ** 53), 1 / 3]
const limits = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const times = ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.001Z"]
const laterTimes = ["2024-02-29T12:34:56.789Z", "2024-02-29T12:34:56.790Z", "9999-12-31T23:59:59.999Z"]
const instants = [...times, ...laterTimes].map((text) => DateTime.makeUnsafe(text))

const below = (count: number) => Random.nextIntBetween(0, count, { halfOpen: true })

const pick = <A>(values: ReadonlyArray<A>) => Random.choice(values)

const orNull = <A, E>(value: Effect.Effect<A, E>) =>
  Effect.flatMap(below(4), (chance) => (chance === 0 ? Effect.succeed(null) : value))

const text = Effect.gen(function* () {
  const length = yield* pick([0, 1, 1, 1, 2, 3, 5])
  return (yield* Effect.all(Array.from({ length }, () => pick(pieces)))).join("")
})

/** A row of a batch. */
export const row = Effect.fnUntraced(function* (batch: string, id: number) {
  const words = yield* orNull(Effect.all([text, text, text]))
  return {
    batch,
    id,
    label: yield* text,
    note: yield* orNull(text),
    whole: yield* orNull(pick(wholes)),
    size: yield* orNull(pick([...sizes, ...limits])),
    flag: yield* orNull(Random.nextBoolean),
    seenAt: yield* orNull(pick(instants)),
    words: words === null ? null : SearchTokens.of(words.join(" "))
  } satisfies Sample
})

type Wanted = Specification.Specification<Sample>

/** The ways to compare a field with a value of it. */
const comparing = Effect.fnUntraced(function* <Value extends string | number | boolean | DateTime.Utc, E>(
  field: Rows.Field<Sample, Value>,
  value: Effect.Effect<Value, E>
) {
  const [first, second, third] = yield* Effect.all([value, value, value])
  return yield* pick<Wanted>([
    Specification.eq(field, first),
    Specification.ne(field, first),
    Specification.lt(field, first),
    Specification.lte(field, first),
    Specification.gt(field, first),
    Specification.gte(field, first),
    Specification.oneOf(field, [first, second, third]),
    Specification.oneOf(field, []),
    Specification.isNull(field),
    Specification.isNotNull(field)
  ])
})

/** Text somebody could look for: a part of what a row has, in the same case or another, or any text. */
const likely = Effect.fnUntraced(function* (rows: ReadonlyArray<Sample>) {
  const [row] = rows.length === 0 ? [] : [yield* pick(rows)]
  const found = yield* pick([row?.label, row?.note, row?.words?.join(" "), yield* text])
  const signs = Array.from(found ?? "")
  const from = yield* below(signs.length + 1)
  const part = signs.slice(from, from + 1 + (yield* below(3))).join("")
  return yield* pick([part, part, found ?? "", part.toLowerCase(), part.toUpperCase()])
})

const containing = Effect.fnUntraced(function* <E>(wanted: Effect.Effect<string, E>) {
  const field = yield* pick([sample("label"), sample("note")])
  return Specification.contains(field, yield* wanted, { ignoreCase: yield* Random.nextBoolean })
})

const leaf = Effect.fnUntraced(function* (rows: ReadonlyArray<Sample>) {
  const [value, wanted] = [pick([...sizes, ...limits, ...wholes]), likely(rows)]
  return yield* yield* pick<Effect.Effect<Wanted, unknown>>([
    comparing(sample("label"), wanted),
    comparing(sample("note"), wanted),
    comparing(sample("whole"), value),
    comparing(sample("size"), value),
    comparing(sample("flag"), Random.nextBoolean),
    comparing(sample("seenAt"), pick(instants)),
    containing(wanted),
    containing(wanted),
    Effect.map(wanted, (query) => Specification.search(sample("words"), query)),
    pick<Wanted>([Specification.everything, Specification.nothing, Specification.isNull(sample("words"))])
  ])
})

/** A specification about what `rows` have in them, at most so many conditions deep. */
export const specification = (depth: number, rows: ReadonlyArray<Sample>): Effect.Effect<Wanted, unknown> =>
  Effect.gen(function* () {
    const kind = depth === 0 ? 0 : yield* below(4)
    if (kind === 0) return yield* leaf(rows)
    if (kind === 1) return Specification.not(yield* specification(depth - 1, rows))
    const count = yield* pick([0, 1, 2, 2, 2, 3])
    const parts = yield* Effect.all(Array.from({ length: count }, () => specification(depth - 1, rows)))
    return kind === 2 ? Specification.and(...parts) : Specification.or(...parts)
  })

const sortable = [sample("label"), sample("note"), sample("whole"), sample("size"), sample("flag"), sample("seenAt")]

/** A sort by no field up to three. */
export const sort = Effect.gen(function* () {
  const count = yield* pick([0, 1, 1, 2, 3])
  const term = Effect.gen(function* () {
    const field = yield* pick(sortable)
    return (yield* Random.nextBoolean) ? Sorting.ascending(field) : Sorting.descending(field)
  })
  return yield* Effect.all(Array.from({ length: count }, () => term))
})

/** A name for a batch that no other law uses. */
export const batch = Effect.map(below(Number.MAX_SAFE_INTEGER), (number) => `batch-${number}`)

/** The rows of a batch that a specification wants. */
export const within = (name: string, wanted: Wanted): Wanted =>
  Specification.and(Specification.eq(sample("batch"), name), wanted)
