/** What the process of a peer does with a question, whatever kind of peer it is; and how an operation is repeated. */
import { percentiles, type Rate } from "../Load.ts"
import type { Payloads, Question } from "./Protocol.ts"

/** One run that the bench asks for. */
export type Run = Extract<Question, { readonly _tag: "Measure" }>

/** How a peer is measured. */
export interface Runs {
  /** Makes the tables, and fails when the peer does not do what is going to be measured. */
  readonly prepare: (payloads: Payloads) => Promise<void>
  readonly measure: (run: Run) => Promise<Rate>
}

/** Repeats `operation` from `callers` promises for `seconds`; `weight` is how many things one operation does. */
export const repeat = async (
  callers: number,
  seconds: number,
  weight: number,
  operation: () => Promise<unknown>
): Promise<Rate> => {
  const times: Array<number> = []
  const started = performance.now()
  const deadline = started + seconds * 1000
  const caller = async () => {
    while (performance.now() < deadline) {
      const begun = performance.now()
      await operation()
      times.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const elapsed = (performance.now() - started) / 1000
  return { perSecond: (times.length * weight) / elapsed, ...percentiles(times) }
}

/** As `repeat`, after half a second that does not count: connections are made and statements prepared before. */
export const repeatWarm = async (
  ...[callers, seconds, weight, operation]: Parameters<typeof repeat>
): Promise<Rate> => {
  await repeat(callers, 0.5, weight, operation)
  return await repeat(callers, seconds, weight, operation)
}
