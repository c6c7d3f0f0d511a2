/**
 * How a saga is declared: what its steps, compensations and builders look like, typed. `SagaBuilder` makes them.
 *
 * A step says how it is undone, or why nothing has to be; leaving it out does not compile. From the pivot on nothing is
 * undone any more, so steps are tried without end, and saying how they would be undone does not compile.
 */
import type { DateTime, Option, Result, Schema } from "effect"
import type * as Message from "./Message.ts"
import type { Because, Compensation, Migrate, Nothing, Patience, Saga, ToldToUndo } from "./SagaShape.ts"

/** What a step is told when its command is made. */
export interface ToSend<Input, Answers> {
  readonly input: Input
  /** The answers of the steps before it, by name. */
  readonly answers: Answers
  /** The business time of the command. */
  readonly at: DateTime.Utc
  /** How often it was asked again because it had been refused: from 0. */
  readonly round: number
}

/** What a compensation is told when its command is made. */
export interface ToUndo<Input, Answers, Own> extends ToSend<Input, Answers> {
  /** What the step was answered; none when nobody knows whether its command took effect. */
  readonly own: Option.Option<Own>
  /** Why it is undone. */
  readonly because: Because
}

/** How something is undone: {@link by} a command, or {@link nothing}. */
export type Undo<Input, Answers, Own> = Nothing | UndoBy<Input, Answers, Own>

/** A command that undoes. */
export interface UndoBy<in Input, in Answers, in Own> {
  readonly _tag: "By"
  readonly build: (
    told: (json: ToldToUndo) => Result.Result<ToUndo<Input, Answers, Own>, string>
  ) => Exclude<Compensation, Nothing>
}

/** A step that can be undone. */
export interface StepOptions<Input, Answers, P, A, F> extends ForwardOptions<Input, Answers, P, A, F> {
  /** How it is undone, or why that is not needed. */
  readonly compensate: Undo<Input, Answers, A>
  /**
   * Whether it is undone even when it was refused, which has done nothing: where the compensation also bars what others may
   * ask for of the same thing later. Not, when left out.
   */
  readonly undoneWhenRefused?: boolean
}

/** A step after the pivot. */
export interface ForwardOptions<Input, Answers, P, A, F> extends Patience {
  /** The content of the command. Pure: the same for the same input, answers and time. */
  readonly send: (told: ToSend<Input, Answers>) => P
  /** An answer: it is as if the step had been answered so. None, as for every refusal when left out: undo everything. */
  readonly refusals?: (refusal: F) => Option.Option<A>
  /**
   * Whether a refusal may be another one the next time. Then it is an attempt that failed, and as long as `retry` has
   * attempts left, the command is made anew and sent under another id. After an outage, and behind the pivot, only the
   * refusals count. Never, when left out.
   */
  readonly again?: (refusal: F) => boolean
}

/** The answers with one more. */
export type With<Answers, Name extends string, A> = Answers & { readonly [K in Name]: A }

/** A saga without steps. */
export interface Beginning<Input> extends Builder<Input, {}> {
  /** Undoes what led to the start, after everything else is undone. */
  readonly undo: (undo: Undo<Input, {}, never>) => Builder<Input, {}>
}

/** A saga before its pivot. */
export interface Builder<Input, Answers> extends Ending<Input> {
  /** Adds a step that can be undone. */
  readonly step: <const Name extends string, P extends { readonly _tag: string }, A, F>(
    name: Name,
    command: Message.Command<string, P, A, F>,
    options: StepOptions<Input, Answers, P, A, F>
  ) => Builder<Input, With<Answers, Name, A>>
  /** From here on it only goes forward. */
  readonly pivot: () => ForwardBuilder<Input, Answers>
}

/** A saga after its pivot. */
export interface ForwardBuilder<Input, Answers> extends Ending<Input> {
  /** Adds a step that is tried until it is answered. Refused, it parks the saga: a person has to decide. */
  readonly step: <const Name extends string, P extends { readonly _tag: string }, A, F>(
    name: Name,
    command: Message.Command<string, P, A, F>,
    options: ForwardOptions<Input, Answers, P, A, F> & { readonly compensate?: never }
  ) => ForwardBuilder<Input, With<Answers, Name, A>>
}

/** A saga that can be ended here. */
export interface Ending<Input> {
  /**
   * The saga.
   *
   * @throws SagaNotUsable when a part breaks its rule: it names the part and the rule.
   */
  readonly end: () => Saga<Input>
}

/** What is needed to begin the declaration of a saga. */
export interface Declaration<Input> {
  /** 1 to 48 lower-case letters, digits, `_` and `-`. A storage format. */
  readonly name: string
  /** 1 when left out. Raise it when the steps change: sagas that run finish under their own version. */
  readonly version?: number
  /** What it is started with: ids and amounts, nothing personal. */
  readonly input: Schema.Codec<Input, unknown>
  /** Takes over sagas that run under versions which are not there any more. */
  readonly migrate?: Migrate
}
