/**
 * What the fibers of the model test do, made up from a seed: appends to few streams, with repetitions, overlaps of ids,
 * several streams at once, transactions and interruptions. The seed decides the steps; who is first is up to the store.
 */
import { Effect, Random } from "effect"

/** Which version an append says it expects. `ahead`: what it will be if all that is under way is stored. */
export type Expectation = "NoStream" | "known" | "ahead" | "wrong" | "Any" | "StreamExists"

/** One append: these events for this stream. Pieces of one name hold the same events for the same stream. */
export interface Piece {
  readonly name: string
  readonly stream: number
  readonly ids: ReadonlyArray<string>
  readonly expectation: Expectation
}

/** One thing a fiber does. */
export type Step =
  /** One append; its caller is interrupted after so many yields, and may then try again at once. */
  | { readonly _tag: "One"; readonly piece: Piece; readonly patience?: number; readonly again: boolean }
  /** The same append from several fibers at once, on both stores. */
  | { readonly _tag: "Twins"; readonly piece: Piece; readonly count: number }
  /** Several appends in one call. */
  | { readonly _tag: "Together"; readonly pieces: ReadonlyArray<Piece>; readonly patience?: number }
  /** Several appends in a transaction. `tolerant`: a refusal does not end it. */
  | {
      readonly _tag: "Transaction"
      readonly pieces: ReadonlyArray<Piece>
      readonly commits: boolean
      readonly tolerant: boolean
      readonly patience?: number
    }

/** How much is done. */
export interface PlanOptions {
  readonly fibers: number
  readonly steps: number
  readonly streams: number
}

/** The steps of each fiber. Comes from the `Random` in the context alone. */
export const make = Effect.fnUntraced(function* ({ fibers, steps, streams }: PlanOptions) {
  const random = yield* Random.Random
  const below = (count: number) => Math.min(count - 1, Math.floor(random.nextDoubleUnsafe() * count))
  const chance = (percent: number) => below(100) < percent
  const hex = (length: number) => Array.from({ length }, () => below(16).toString(16)).join("")
  const freshId = () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`
  const freshIds = (most: number) => Array.from({ length: chance(60) ? 1 : 1 + below(most) }, freshId)
  /** Everything planned so far; fibers plan in turns, so the last ones are under way at about the same moment. */
  const planned: Array<Piece> = []

  const expectation = (): Expectation => {
    const dice = below(100)
    if (dice < 8) return "NoStream"
    if (dice < 28) return "known"
    if (dice < 58) return "ahead"
    if (dice < 63) return "wrong"
    return dice < 88 ? "Any" : "StreamExists"
  }
  const piece = (stream: number, ids: ReadonlyArray<string>): Piece => {
    const made = { name: `${stream}: ${ids.join(" ")}`, stream, ids, expectation: expectation() }
    planned.push(made)
    return made
  }
  const earlier = (): Piece | undefined => planned[planned.length - 1 - below(chance(75) ? fibers : planned.length)]
  const next = (): Piece => {
    const before = earlier()
    const dice = below(100)
    if (before === undefined || dice < 62) return piece(below(streams), freshIds(5))
    // Twice the same, mostly as it was, also under another expectation.
    if (dice < 84) return chance(70) ? before : { ...before, expectation: expectation() }
    if (dice < 90) return piece(before.stream, [...before.ids.slice(0, 1 + below(before.ids.length)), ...freshIds(2)])
    if (dice < 94) return piece((before.stream + 1) % streams, before.ids)
    return dice < 97
      ? piece(before.stream, before.ids.slice(0, 1 + below(before.ids.length)))
      : piece(before.stream, before.ids.toReversed())
  }
  // In the order of the streams, as programs do that do not want to wait in a circle; sometimes in any order.
  const several = () => {
    const pieces = Array.from({ length: 2 + below(2) }, next)
    return chance(90) ? pieces.toSorted((a, b) => a.stream - b.stream) : pieces
  }
  const patience = (percent: number) => (chance(percent) ? { patience: below(chance(50) ? 8 : 200) } : {})
  const step = (): Step => {
    const dice = below(100)
    if (dice < 72) return { _tag: "One", piece: next(), again: chance(60), ...patience(15) }
    if (dice < 82) return { _tag: "Twins", piece: next(), count: 2 + below(3) }
    if (dice < 90) return { _tag: "Together", pieces: several(), ...patience(10) }
    return { _tag: "Transaction", pieces: several(), commits: chance(65), tolerant: chance(50), ...patience(10) }
  }

  const plan = Array.from({ length: fibers }, () => new Array<Step>())
  for (let turn = 0; turn < steps; turn += 1) for (const own of plan) own.push(step())
  return plan
})
