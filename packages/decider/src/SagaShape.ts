/**
 * The shape of a saga: steps in order, each with the command that does it and the one that undoes it, and how patiently it
 * is tried. `Saga.make` builds it; whoever runs it sees commands, answers and refusals as JSON only.
 */
import { type DateTime, Duration, type Option, type Result, Schema } from "effect"
import type * as Message from "./Message.ts"

/** A saga that is started with an `Input`. */
export interface Saga<in out Input> extends AnySaga {
  readonly Input: Schema.Codec<Input, unknown>
  /** An input as it is kept in the saga's events. */
  readonly encodeInput: (input: Input) => Result.Result<Schema.Json, string>
}

/** A saga whose input is of no interest. */
export interface AnySaga {
  /** 1 to 48 lower-case letters, digits, `_` and `-`. A storage format. */
  readonly name: string
  /** From 1. Sagas that run finish under the version they were started under. */
  readonly version: number
  readonly steps: ReadonlyArray<Step>
  /** From this step on it only goes forward: the number of steps when all of them can be undone. */
  readonly pivot: number
  /** Undoes what led to the start, after everything else is undone. */
  readonly undo: Compensation
  readonly migrate: Migrate | undefined
  /** Whether a JSON value is an input. */
  readonly checkInput: (input: Schema.Json) => Result.Result<void, string>
}

/** One step. */
export interface Step extends Sending {
  readonly name: string
  /** The content of its command. The error says why there is none: a mistake of the program. */
  readonly request: (told: Told) => Result.Result<Schema.Json, string>
  /** Whether a JSON value is an answer. */
  readonly checkAnswer: (answer: Schema.Json) => Result.Result<void, string>
  /** What a refusal means: an answer, as if the step had been answered so; or none, and everything is undone. */
  readonly meaningOf: (refusal: Schema.Json) => Result.Result<Option.Option<Schema.Json>, string>
  /** Whether there are refusals that are asked again. */
  readonly asksAgain: boolean
  /** Whether this one is, as long as attempts are left. */
  readonly isAskedAgain: (refusal: Schema.Json) => Result.Result<boolean, string>
  /** Whether it is undone even when it was refused. */
  readonly undoneWhenRefused: boolean
  /** What undoes it; undefined from the pivot on. */
  readonly compensation: Compensation | undefined
}

/** What undoes a step. */
export type Compensation = Nothing | Undoing

/** Nothing has to be done, and why. */
export interface Nothing {
  readonly _tag: "Nothing"
  readonly why: string
}

/** A command undoes it. It must bear to be sent for what never happened, and keep what comes late from happening. */
export interface Undoing extends Sending {
  readonly _tag: "By"
  readonly request: (told: ToldToUndo) => Result.Result<Schema.Json, string>
}

/** A command that is sent, and how patiently. */
export interface Sending {
  /** The command, with the schemas of its content, its answers and its refusals. */
  readonly command: Message.AnyCommand
  /** Whether its content may be kept in the saga's events: not when it can be about people. */
  readonly keepsPayload: boolean
  readonly retry: Retry
  /** How long one attempt may take, in milliseconds. */
  readonly timeLimit: number
  /** Steps with the same key share a circuit breaker; none when undefined. */
  readonly breaker: string | undefined
  readonly outage: Outage
}

/** How often something is tried. The wait before attempt n + 1 is `first * factor ^ (n - 1)`, at the most `longest`. */
export interface Retry {
  readonly attempts: number
  /** In milliseconds. */
  readonly first: number
  readonly factor: number
  /** In milliseconds. */
  readonly longest: number
}

/** How long a step waits for what is known to be down, or for whoever handles its command and is away. */
export interface Outage {
  /** In milliseconds; as long as the breaker says when undefined. */
  readonly every: number | undefined
  /** In milliseconds, from the first wait on. Then the step has failed. */
  readonly longest: number
  /** What it means that the attempts are used up: the step has failed, or what it needs is down, so it waits. */
  readonly exhausted: "fails" | "waits"
}

/** What a step is told: JSON by the names of the steps. */
export interface Told {
  readonly input: Schema.Json
  readonly answers: Readonly<Record<string, Schema.Json>>
  readonly at: DateTime.Utc
  readonly round: number
}

/** Why something is undone. */
export type Because =
  | { readonly _tag: "Refused"; readonly step: string; readonly refusal: Schema.Json }
  | { readonly _tag: "Failed"; readonly step: string; readonly error: string }
  | { readonly _tag: "Cancelled"; readonly reason: string }

/** What a compensation is told. */
export interface ToldToUndo extends Told {
  /** The answer to the step; undefined when nobody knows whether it took effect. */
  readonly own: Schema.Json | undefined
  readonly because: Because
}

/** From a saga of an older version to this one. `undefined`: not this one, it cannot go on under this version. */
export type Migrate = (older: {
  readonly version: number
  readonly input: Schema.Json
  /** The names of the steps that were begun. */
  readonly begun: ReadonlyArray<string>
}) => Migrated | undefined

/** A saga under its new version. */
export interface Migrated {
  readonly input: Schema.Json
  /** From the old to the new names of steps that are called otherwise. */
  readonly renamed?: Readonly<Record<string, string>>
}

/** A saga that breaks a rule: a mistake of the program, found where it is declared. */
export class SagaNotUsable extends Schema.TaggedError<SagaNotUsable>()("SagaNotUsable", {
  saga: Schema.String,
  /** The step or the part that breaks the rule. */
  part: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the saga ${this.saga} cannot be used: ${this.part} ${this.rule}`
  }
}

/** How patiently a command is sent, as it is declared. */
export interface Patience {
  /** 5 attempts, waits from 1 s that double, 1 h at the most, when left out. */
  readonly retry?: {
    readonly attempts?: number
    readonly first?: Duration.Input
    readonly factor?: number
    readonly longest?: Duration.Input
  }
  /** How long one attempt may take: 30 s when left out. */
  readonly timeLimit?: Duration.Input
  /** Commands with the same key share a circuit breaker; none when left out. */
  readonly breaker?: string
  /**
   * How often, and how long, it waits for what is known to be down: as often as the breaker says, for 24 h. So long, too, it
   * waits for a context that is away, which is asked more often: after waits that grow up to five minutes. `exhausted`:
   * whether attempts that are used up mean that it has failed (when left out), or that it waits as for what is down, with
   * one attempt each time.
   */
  readonly outage?: {
    readonly every?: Duration.Input
    readonly longest?: Duration.Input
    readonly exhausted?: Outage["exhausted"]
  }
}

/** The parts of {@link Patience} with their defaults, in milliseconds. */
export const patienceOf = ({ breaker, outage = {}, retry = {}, timeLimit = "30 seconds" }: Patience) => ({
  retry: {
    attempts: retry.attempts ?? 5,
    first: Duration.toMillis(retry.first ?? "1 second"),
    factor: retry.factor ?? 2,
    longest: Duration.toMillis(retry.longest ?? "1 hour")
  },
  timeLimit: Duration.toMillis(timeLimit),
  breaker,
  outage: {
    every: outage.every === undefined ? undefined : Duration.toMillis(outage.every),
    longest: Duration.toMillis(outage.longest ?? "24 hours"),
    exhausted: outage.exhausted ?? "fails"
  }
})

/** The longest wait for whoever handles a command and is away, in milliseconds. */
const longestWhileAway = 300_000

/**
 * The wait for whoever handles a command and is away, in milliseconds: as long again as it has been waited for, so it is asked
 * for the last time in vain when at least half of its absence is over. At least the first wait between two attempts; at the
 * most the longest one of those, what the outage says, and five minutes.
 */
export const waitWhileAway = ({ outage, retry }: Pick<Sending, "outage" | "retry">, waited: number): number =>
  Math.max(retry.first, Math.min(waited, retry.longest, outage.every ?? longestWhileAway, longestWhileAway))

/** The wait after a failed attempt, in milliseconds. */
export const waitAfter = ({ factor, first, longest }: Retry, attempt: number): number =>
  Math.min(longest, first * factor ** (attempt - 1))
