/**
 * What must hold between the answers that callers of a run had and what the log holds after it. Pure: it answers with
 * every sentence that does not hold.
 */
import {
  type Appended,
  type AppendError,
  type EventStoreFailure,
  ExpectedVersion,
  type VersionConflict
} from "@eventfold/event-store"
import { Equal } from "effect"
import type { Attempt, Notes } from "./AppendModelRun.ts"

/** A stored event. */
export interface LogRow {
  readonly position: number
  readonly stream: number
  readonly version: number
  readonly id: string
  readonly appendSize: number
  /** The name of the piece it came with. */
  readonly name: string
}

/** What is in the database after a run: the log in the order of its positions, and the version of each stream. */
export interface Stored {
  readonly log: ReadonlyArray<LogRow>
  readonly versions: ReadonlyMap<number, number>
}

/** A piece that is in the log. */
interface Place {
  readonly before: number
  readonly version: number
  readonly position: number
}

/** What does not hold; nothing when all is well. */
export const problems = ({ attempts, defects }: Notes, { log, versions }: Stored): ReadonlyArray<string> => {
  const found: Array<string> = defects.map((defect) => `a caller died: ${defect}`)
  const expect = (holds: boolean, attempt: Attempt | undefined, what: () => string) => {
    if (!holds) found.push(attempt === undefined ? what() : `${printed(attempt)}: ${what()}`)
  }

  const byStream = Map.groupBy(log, ({ stream }) => stream)
  for (const [stream, version] of versions) {
    const rows = byStream.get(stream) ?? []
    expect(rows.length === version, undefined, () => `stream ${stream} says ${version}, and has ${rows.length} events`)
    // In the order of positions: both grow together.
    const holes = rows.filter((row, index) => row.version !== index + 1)
    expect(
      holes.length === 0,
      undefined,
      () => `stream ${stream}: not 1, 2, 3, …: ${JSON.stringify(holes.slice(0, 3))}`
    )
  }
  for (const stream of byStream.keys()) expect(versions.has(stream), undefined, () => `stream ${stream} has no row`)

  const places = new Map<string, Place>()
  const byName = Map.groupBy(log, ({ name }) => name)
  const attemptsOf = Map.groupBy(attempts, ({ piece }) => piece.name)
  for (const [name, rows] of byName) {
    const [first, last] = [rows[0], rows.at(-1)]
    const piece = attemptsOf.get(name)?.[0]?.piece
    if (first === undefined || last === undefined || piece === undefined) {
      found.push(`nobody appended ${name}`)
      continue
    }
    const whole = rows.every(
      (row, index) =>
        row.id === piece.ids[index] &&
        row.stream === piece.stream &&
        row.version === first.version + index &&
        row.appendSize === (index === 0 ? rows.length : 0)
    )
    expect(whole && rows.length === piece.ids.length, undefined, () => `not whole: ${JSON.stringify(rows)}`)
    places.set(name, { before: first.version - 1, version: last.version, position: last.position })
  }

  const answered = attempts.filter((attempt) => attempt.unit.outcome === "done" && successOf(attempt) !== undefined)
  const mayHaveStored = (attempt: Attempt) =>
    (attempt.unit.outcome === "done" || attempt.unit.outcome === "unknown") && refusalOf(attempt) === undefined

  for (const [name, place] of places) {
    const own = attemptsOf.get(name) ?? []
    const storers = own.filter(mayHaveStored)
    expect(storers.length > 0, own[0], () => "everybody was refused, and it is in the log")
    expect(
      storers.length === 0 || storers.some(({ expected }) => ExpectedVersion.matches(expected, place.before)),
      own[0],
      () => `stored after version ${place.before}, which nobody expected`
    )
    const begun = Math.min(...own.map((attempt) => attempt.begun))
    for (const earlier of answered) {
      if (earlier.ended > begun || earlier.piece.name === name) continue
      const before = places.get(earlier.piece.name)
      expect(
        before === undefined || before.position < place.position,
        earlier,
        () => `answered before ${name}, stored after`
      )
    }
  }

  for (const attempt of answered) {
    const place = places.get(attempt.piece.name)
    const answer = successOf(attempt)
    expect(
      place !== undefined && answer?.version === place.version && answer.position === place.position,
      attempt,
      () => `is stored at ${JSON.stringify(place)}`
    )
  }

  /** The name is one that a stream had between the call and its answer, and reason enough. */
  const judgeConflict = (attempt: Attempt, { actual, expected, stream }: VersionConflict) => {
    const { begun, ended, piece } = attempt
    const ofStream = attempts.filter((other) => other.piece.stream === piece.stream)
    const least = Math.max(
      0,
      ...ofStream.map((other) =>
        answered.includes(other) && other.ended < begun ? (successOf(other)?.version ?? 0) : 0
      )
    )
    const most = Math.max(
      0,
      ...ofStream.map((other) => (other.begun < ended ? (places.get(other.piece.name)?.version ?? 0) : 0))
    )
    const ends = [0, ...ofStream.map((other) => places.get(other.piece.name)?.version)]
    const place = places.get(piece.name)
    expect(stream.id === `s${piece.stream}`, attempt, () => "names another stream")
    expect(Equal.equals(expected, attempt.expected), attempt, () => "names another expectation")
    expect(!ExpectedVersion.matches(expected, actual), attempt, () => "is no conflict")
    expect(actual >= least && actual <= most, attempt, () => `the stream was between ${least} and ${most}`)
    expect(ends.includes(actual), attempt, () => "the stream never ended there")
    expect(
      place === undefined || actual <= place.before,
      attempt,
      () => `was stored by then, at ${JSON.stringify(place)}`
    )
  }
  const judgeFailure = (attempt: Attempt, failure: EventStoreFailure) => {
    // Two transactions that store the same id in different streams: the database ends one of them.
    const ended = attempts.some(
      (other) => other.unit === attempt.unit && other !== attempt && refusalOf(other)?._tag === "EventIdConflict"
    )
    expect(failure.retryable || ended, attempt, () => failure.message)
  }
  for (const attempt of attempts) {
    const answer = refusalOf(attempt)
    expect(attempt.ended > 0, attempt, () => "nobody answered")
    if (answer === undefined) continue
    if (answer._tag === "EventStoreFailure") judgeFailure(attempt, answer)
    else if (attempt.unit.outcome !== "done") continue
    else if (answer._tag === "VersionConflict") judgeConflict(attempt, answer)
    else if (answer._tag === "EventIdConflict") {
      const elsewhere = log.some(({ id, name }) => attempt.piece.ids.includes(id) && name !== attempt.piece.name)
      expect(elsewhere && !places.has(attempt.piece.name), attempt, () => "its ids are not in use elsewhere")
    } else found.push(printed(attempt))
  }

  // Of a unit whose end nobody knows all is stored or nothing.
  for (const unit of Map.groupBy(attempts, (attempt) => attempt.unit).values()) {
    if (unit[0]?.unit.outcome !== "unknown") continue
    const onlyHere = unit.filter(
      (attempt) =>
        mayHaveStored(attempt) &&
        (attemptsOf.get(attempt.piece.name) ?? []).every(
          (other) => other.unit === attempt.unit || !mayHaveStored(other)
        )
    )
    const stored = onlyHere.filter(({ piece }) => places.has(piece.name))
    expect(stored.length === 0 || stored.length === onlyHere.length, unit[0], () => "only a part of it is stored")
  }
  return found
}

const successOf = ({ answer }: Attempt): Appended | undefined =>
  answer !== "interrupted" && "version" in answer ? answer : undefined

const refusalOf = ({ answer }: Attempt): AppendError | undefined =>
  answer !== "interrupted" && "_tag" in answer ? answer : undefined

const printed = ({ answer, begun, ended, expected, piece, unit }: Attempt): string => {
  const what = answer === "interrupted" ? answer : "_tag" in answer ? answer.message : JSON.stringify(answer)
  return `[${begun}–${ended}, ${unit.outcome}] ${piece.name} at ${ExpectedVersion.format(expected)}: ${what}`
}
