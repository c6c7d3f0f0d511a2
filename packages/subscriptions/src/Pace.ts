/**
 * How often a subscription looks at the log while it waits at its end.
 *
 * A ring makes it look at once, so these intervals matter where no ring comes: for the appends of other processes, and
 * for what an append held back that was then rolled back. Such things come in bursts, so the waits are short after
 * something has happened and double while nothing does: a busy log is followed closely, an idle one costs one cheap query
 * a second.
 */
import { Duration } from "effect"

/** How often a subscription looks at the log while it waits at its end. */
export interface Pace {
  /**
   * The shortest time between two looks, however often it rings: appends that come close together are taken together.
   * Default: 10 ms. Zero is allowed.
   */
  readonly ringing: Duration.Input
  /** How long the first wait is after something has happened. At least 1 ms. Default: 50 ms. */
  readonly busy: Duration.Input
  /** What the wait grows to while nothing happens. Default: 1 s. */
  readonly idle: Duration.Input
}

/** A pace in milliseconds, within its bounds. */
export interface PaceMillis {
  readonly ringing: number
  readonly busy: number
  readonly idle: number
}

/** Puts the defaults in, and corrects what would be a busy loop. */
export const inMillis = (pace: Partial<Pace> = {}): PaceMillis => {
  const busy = Math.max(1, Duration.toMillis(pace.busy ?? "50 millis"))
  return {
    ringing: Math.max(0, Duration.toMillis(pace.ringing ?? "10 millis")),
    busy,
    idle: Math.max(busy, Duration.toMillis(pace.idle ?? "1 second"))
  }
}

/** The wait after `wait`, when nothing has happened in it. */
export const longer = (pace: PaceMillis, wait: number): number => Math.min(pace.idle, wait * 2)
