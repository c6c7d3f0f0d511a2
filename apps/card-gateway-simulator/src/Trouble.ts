/**
 * Scripted trouble: which requests go wrong, and how.
 *
 * Deterministic: whether a rule strikes depends on the seed, the rule, and the how-many-th request it is of its operation
 * and reference. So the same script gives the same trouble to each payment, in whatever order payments come.
 */
import { createHash } from "node:crypto"
import { Schema } from "effect"

const milliseconds = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 600_000 }))

/** What goes wrong with a request. */
export const Trouble = Schema.Union([
  /** The answer takes its time. Other rules are asked, too. */
  Schema.Struct({ kind: Schema.Literal("latency"), min_ms: milliseconds, max_ms: milliseconds }),
  /** The bank of the card declines. */
  Schema.Struct({ kind: Schema.Literal("decline"), decline_code: Schema.String }),
  /** Nothing is done, and no answer comes. */
  Schema.Struct({ kind: Schema.Literal("time_out") }),
  /** It is done, and the connection breaks before the answer. */
  Schema.Struct({ kind: Schema.Literal("lost_answer") }),
  /** Nothing is done, and the connection breaks. */
  Schema.Struct({ kind: Schema.Literal("dropped") }),
  /** Nothing is done: the gateway has an error of its own. */
  Schema.Struct({ kind: Schema.Literal("error") }),
  /** Nothing is done: the gateway is out of order. */
  Schema.Struct({ kind: Schema.Literal("outage") })
])
/** What goes wrong with a request. */
export type Trouble = typeof Trouble.Type

/** What can be asked of the gateway. */
export const Operation = Schema.Literals(["authorize", "capture", "refund", "reverse"])
/** What can be asked of the gateway. */
export type Operation = typeof Operation.Type

/** When something goes wrong. What is left out does not restrict. */
export const Rule = Schema.Struct({
  operation: Schema.optionalKey(Operation),
  reference: Schema.optionalKey(Schema.String),
  /** How likely it is, from 0 to 1; always, when left out. */
  probability: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  /** How often it strikes at most, per operation and reference. */
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  trouble: Trouble
})
/** When something goes wrong. */
export interface Rule extends Schema.Schema.Type<typeof Rule> {}

/** A script. Of the rules that strike the first one counts, latency aside. */
export const Script = Schema.Struct({
  seed: Schema.String,
  rules: Schema.Array(Rule).check(Schema.isMaxLength(100)),
  /** How often each webhook is sent. Once, when left out. */
  webhook_copies: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10 })))
})
/** A script. */
export interface Script extends Schema.Schema.Type<typeof Script> {}

/** No trouble at all. */
export const none: Script = { seed: "none", rules: [] }

/** What happens to a request: how long it waits, and what goes wrong, if anything. */
export interface Fate {
  readonly delay: number
  readonly trouble: Exclude<Trouble, { readonly kind: "latency" }> | undefined
}

/** A number from 0 to 1, always the same for the same words. */
const chance = (...words: ReadonlyArray<string | number>): number =>
  createHash("sha256").update(JSON.stringify(words)).digest().readUInt32BE(0) / 2 ** 32

const longestMemory = 100_000

/** Decides for one request after the other, by a script. */
export const make = (script: Script) => {
  /** How many requests there were, and how often each rule has struck, per operation and reference. */
  const seen = new Map<string, number>()
  const count = (name: string) => {
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    const [oldest] = seen.keys()
    if (seen.size > longestMemory && oldest !== undefined) seen.delete(oldest)
    return before
  }
  return {
    script,
    fateOf: (operation: Operation, reference: string): Fate => {
      const nth = count(`${operation} ${reference}`)
      const struck = script.rules.flatMap((rule, index) => {
        if (rule.operation !== undefined && rule.operation !== operation) return []
        if (rule.reference !== undefined && rule.reference !== reference) return []
        if (chance(script.seed, index, operation, reference, nth) >= (rule.probability ?? 1)) return []
        return rule.times !== undefined && count(`${index} ${operation} ${reference}`) >= rule.times
          ? []
          : [{ trouble: rule.trouble, index }]
      })
      let delay = 0
      let first: Fate["trouble"]
      for (const { index, trouble } of struck) {
        if (trouble.kind !== "latency") first ??= trouble
        else {
          const share = chance(script.seed, index, operation, reference, nth, "delay")
          delay += Math.round(trouble.min_ms + share * Math.max(trouble.max_ms - trouble.min_ms, 0))
        }
      }
      return { delay, trouble: first }
    }
  }
}

/** What decides about requests. */
export type Troubles = ReturnType<typeof make>
