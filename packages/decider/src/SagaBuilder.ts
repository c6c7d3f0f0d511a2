/**
 * Builds a saga step by step, typed: what a step is told are the input and the answers of the steps before it.
 * `SagaDeclaration` has the types.
 */
import { Option, Predicate, Result, Schema } from "effect"
import type * as Message from "./Message.ts"
import * as Personal from "./Personal.ts"
import type {
  Beginning,
  Builder,
  Declaration,
  ForwardBuilder,
  ForwardOptions,
  ToSend,
  ToUndo,
  Undo,
  UndoBy,
  With
} from "./SagaDeclaration.ts"
import * as Rules from "./SagaRules.ts"
import {
  type Compensation,
  type Nothing,
  type Patience,
  patienceOf,
  type Saga,
  type Sending,
  type Step,
  type Told
} from "./SagaShape.ts"

/** Undone by a command. It must bear to come twice, and for what never happened; and bar what comes after it. */
export const by = <Input, Answers, Own, P extends { readonly _tag: string }, A, F>(
  command: Message.Command<string, P, A, F>,
  send: (told: ToUndo<Input, Answers, Own>) => P,
  patience: Patience = {}
): UndoBy<Input, Answers, Own> => ({
  _tag: "By",
  build: (told) => {
    const encode = encoder(command.Payload)
    return {
      _tag: "By",
      ...sending(command, patience),
      request: (json) => Result.flatMap(Result.flatMap(told(json), attempted(send)), encode)
    }
  }
})

/** Nothing has to be undone: says why. */
export const nothing = (why: string): Nothing => ({ _tag: "Nothing", why })

/** Begins a saga. A step is `.step(name, command, options)`: what it is called, what it sends, and how. */
export const make = <Input>({ input, migrate, name, version = 1 }: Declaration<Input>): Beginning<Input> => {
  const decodeInput = decoder(input)
  const read: Read<Input, {}> = (json) =>
    Result.map(decodeInput(json.input), (input) => ({ input, answers: {}, at: json.at, round: json.round }))
  const parts: Parts<Input> = {
    name,
    version,
    Input: input,
    encodeInput: encoder(input),
    checkInput: (json) => Result.map(decodeInput(json), () => undefined),
    undo: nothing("nothing led to it"),
    migrate,
    steps: []
  }
  return {
    ...builder(parts, read),
    undo: (undo) => builder({ ...parts, undo: undoing(undo, read, () => Result.fail("a start has no answer")) }, read)
  }
}

/** What a step is told, from what the state says. */
type Read<Input, Answers> = (told: Told) => Result.Result<ToSend<Input, Answers>, string>
type Parts<Input> = Omit<Saga<Input>, "pivot">

const builder = <Input, Answers>(parts: Parts<Input>, read: Read<Input, Answers>): Builder<Input, Answers> => ({
  step: (name, command, options) => {
    const compensation = undoing(options.compensate, read, decoder(command.Answer))
    const step = stepOf(name, command, options, read, compensation)
    return builder(and(parts, step), withAnswer(read, name, command.Answer))
  },
  pivot: () => forward(parts, parts.steps.length, read),
  end: () => Rules.checked({ ...parts, pivot: parts.steps.length })
})

const forward = <Input, Answers>(
  parts: Parts<Input>,
  pivot: number,
  read: Read<Input, Answers>
): ForwardBuilder<Input, Answers> => ({
  step: (name, command, options) =>
    forward(and(parts, stepOf(name, command, options, read, undefined)), pivot, withAnswer(read, name, command.Answer)),
  end: () => Rules.checked({ ...parts, pivot })
})

const and = <Input>(parts: Parts<Input>, step: Step): Parts<Input> => ({ ...parts, steps: [...parts.steps, step] })

const stepOf = <Input, Answers, P extends { readonly _tag: string }, A, F>(
  name: string,
  command: Message.Command<string, P, A, F>,
  options: ForwardOptions<Input, Answers, P, A, F>,
  read: Read<Input, Answers>,
  compensation: Compensation | undefined
): Step => {
  const { again, refusals, send } = options
  const undoneWhenRefused = "undoneWhenRefused" in options && options.undoneWhenRefused === true
  const [encode, encodeAnswer] = [encoder(command.Payload), encoder(command.Answer)]
  const [decodeAnswer, decodeRefusal] = [decoder(command.Answer), decoder(command.Refusal)]
  return {
    name,
    ...sending(command, options),
    request: (told) => Result.flatMap(Result.flatMap(read(told), attempted(send)), encode),
    checkAnswer: (json) => Result.map(decodeAnswer(json), () => undefined),
    meaningOf: (json) => {
      if (refusals === undefined) return Result.succeed(Option.none())
      const meant = Result.flatMap(decodeRefusal(json), attempted(refusals))
      return Result.flatMap(meant, (answer) =>
        Option.isNone(answer) ? Result.succeed(Option.none()) : Result.map(encodeAnswer(answer.value), Option.some)
      )
    },
    asksAgain: again !== undefined,
    isAskedAgain: (json) =>
      again === undefined ? Result.succeed(false) : Result.flatMap(decodeRefusal(json), attempted(again)),
    undoneWhenRefused,
    compensation
  }
}

const sending = <P extends { readonly _tag: string }, A, F>(
  command: Message.Command<string, P, A, F>,
  patience: Patience
): Sending => ({ command, keepsPayload: !Personal.isAbout(command.Payload), ...patienceOf(patience) })

const undoing = <Input, Answers, Own>(
  undo: Undo<Input, Answers, Own>,
  read: Read<Input, Answers>,
  decodeOwn: (json: Schema.Json) => Result.Result<Own, string>
): Compensation =>
  undo._tag === "Nothing"
    ? undo
    : undo.build((json) =>
        Result.flatMap(read(json), (told) => {
          const { because, own } = json
          if (own === undefined) return Result.succeed({ ...told, own: Option.none(), because })
          return Result.map(decodeOwn(own), (own) => ({ ...told, own: Option.some(own), because }))
        })
      )

const withAnswer = <Input, Answers, const Name extends string, A>(
  read: Read<Input, Answers>,
  name: Name,
  schema: Schema.Codec<A, unknown>
): Read<Input, With<Answers, Name, A>> => {
  const decode = decoder(schema)
  return (told) =>
    Result.flatMap(read(told), ({ answers, at, input, round }) => {
      const json = told.answers[name]
      if (json === undefined) return Result.fail(`the step ${name} has no answer`)
      return Result.flatMap(decode(json), (answer) => {
        const all = { ...answers, [name]: answer }
        const next = { input, answers: all, at, round }
        return holds(all, name, answer) ? Result.succeed({ ...next, answers: all }) : Result.fail(`no answer ${name}`)
      })
    })
}

const holds = <Answers extends object, Name extends string, A>(
  answers: Answers,
  name: Name,
  answer: A
): answers is With<Answers, Name, A> => Predicate.hasProperty(answers, name) && answers[name] === answer

/** What a function of the program makes; what it throws is a mistake in it, and must not stop whoever runs sagas. */
const attempted =
  <A, B>(f: (a: A) => B) =>
  (a: A): Result.Result<B, string> =>
    Result.try({ try: () => f(a), catch: (error) => (error instanceof Error ? error.message : String(error)) })

const encoder = <A>(schema: Schema.Codec<A, unknown>) => {
  const encode = Schema.encodeResult(Schema.toCodecJson(schema))
  return (value: A): Result.Result<Schema.Json, string> => Result.mapError(encode(value), ({ message }) => message)
}

const decoder = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownResult(Schema.toCodecJson(schema))
  return (json: Schema.Json): Result.Result<A, string> => Result.mapError(decode(json), ({ message }) => message)
}
