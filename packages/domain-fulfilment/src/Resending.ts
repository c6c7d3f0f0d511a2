/**
 * How what failed for good is sent again by a process manager: a minute later, and then as often as a gateway that is down
 * is asked, until it is answered or refused. What is owed stays owed, so there is no end to that.
 *
 * It is sent again as another command, under a key of its own, which is also the name of the timer: `give-up` and then
 * `give-up-again`. The first sending may have had its effect all the same, so whoever handles it must take it twice.
 */
import { Duration } from "effect"
import type { Limits } from "./Limits.ts"

const suffix = "-again"

/** The key under which a command is sent again, and the name of the timer that does it. */
export const again = (key: string): string => `${first(key)}${suffix}`

/** The key under which a command was sent at first. */
export const first = (key: string): string => (key.endsWith(suffix) ? key.slice(0, -suffix.length) : key)

/** The timer that sends a command again which failed under this key. */
export const timer = ({ outageEvery }: Limits, key: string) => {
  const every = Duration.fromInputUnsafe(outageEvery)
  return { timer: again(key), after: key === first(key) ? Duration.min(Duration.minutes(1), every) : every }
}
