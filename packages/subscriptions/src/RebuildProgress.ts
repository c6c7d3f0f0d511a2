/**
 * How far a rebuild is: how much of the log it has dealt with, how fast it is, and how long the rest takes, as pure values.
 *
 * Gotcha: positions of the log are counted. They have holes, and a rebuild passes events it does not want without a look,
 * so the time left is an estimate.
 */

/** How far the slices of a rebuild are, at a moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Positions of the log it is past. */
  readonly done: number
}

/** How far a rebuild is. */
export interface RebuildProgress {
  /** Positions of the log it is past, and those there are. */
  readonly done: number
  readonly total: number
  /** Positions a second, of late; 0 when it stands still or has just begun. */
  readonly perSecond: number
  /** In seconds; undefined when nobody can tell. */
  readonly secondsLeft: number | undefined
}

/** Over how long the rate is taken, in milliseconds: long enough to be steady, short enough to follow what changes. */
const window = 30_000

/** The samples with one more, without those that are too old to count. The last is given up last: a rate needs two. */
export const sampled = (samples: ReadonlyArray<Sample>, sample: Sample): ReadonlyArray<Sample> => {
  const kept = samples.filter(({ at }) => at >= sample.at - window)
  const [first] = kept
  // What is further back than it was begins anew.
  if (first !== undefined && first.done > sample.done) return [sample]
  // One a second is enough, however often somebody looks.
  const newest = kept.at(-1)
  return newest !== undefined && newest !== first && sample.at - newest.at < 1000
    ? [...kept.slice(0, -1), sample]
    : [...kept, sample]
}

/** How far slices at these positions are, when the log ends at `end`. */
export const doneOf = (positions: ReadonlyArray<number>, end: number): number =>
  positions.length === 0
    ? 0
    : Math.floor(positions.reduce((sum, position) => sum + Math.min(position, end), 0) / positions.length)

/** How far a rebuild is, by its samples. */
export const progressOf = (samples: ReadonlyArray<Sample>, total: number): RebuildProgress => {
  const [first, last] = [samples[0], samples.at(-1)]
  const done = Math.min(last?.done ?? 0, total)
  const millis = first === undefined || last === undefined ? 0 : last.at - first.at
  const perSecond =
    first === undefined || last === undefined || millis <= 0 ? 0 : ((last.done - first.done) * 1000) / millis
  const left = total - done
  return { done, total, perSecond, secondsLeft: left === 0 ? 0 : perSecond > 0 ? left / perSecond : undefined }
}
