/**
 * Asks all services for what each has of its own, at once, and makes one answer of what they say.
 *
 * What was put together is whole: when a service cannot be asked the answer is 503 and says which, and where the others are asked
 * one by one. It has no cache and no order over services; each of them is asked for a list at most once.
 */
import type { Hostable } from "@eventfold/orders-api"
import { Array, Context, Effect, Layer, Option, Result, Schema, type Scope, Stream } from "effect"
import { Headers, type HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Way } from "./Everywhere.ts"
import { Forwarding } from "./Forwarding.ts"
import { AskOneService, notFound, respond, unavailable } from "./GatewayProblems.ts"
import * as Passed from "./Passed.ts"
import { type Service, Services } from "./Services.ts"
import { Broken, type Failure, Upstream } from "./Upstream.ts"

type Request = HttpServerRequest.HttpServerRequest
type Answered = Effect.Effect<HttpServerResponse.HttpServerResponse, never, Scope.Scope>

/** What a service has answered. */
interface Answer {
  readonly service: Service
  readonly status: number
  readonly headers: Headers.Headers
  readonly text: string
}

/** What a service has not answered, and why. */
interface Missing {
  readonly service: Service
  readonly failure: Failure
}

/** The longest answer that is put together with others, in bytes. */
const largest = 4 * 1024 * 1024

/** Asks all services. */
export class Gathering extends Context.Service<
  Gathering,
  {
    /** Answers a request for what every service has. */
    readonly answer: (request: Request, way: Exclude<Way, { readonly _tag: "Gateway" }>) => Answered
  }
>()("@eventfold/gateway/Gathering") {
  /** Over the services that the registry knows. */
  static readonly layer: Layer.Layer<Gathering, never, Forwarding | Services | Upstream> = Layer.effect(
    Gathering,
    Effect.gen(function* () {
      const services = yield* Services
      const upstream = yield* Upstream
      const { answerTo, onBehalf, send } = yield* Forwarding

      /** Asks one service, and reads all that it says. */
      const ask = Effect.fnUntraced(
        function* (request: Request, service: Service, bytes: Uint8Array | undefined) {
          const outgoing = yield* onBehalf(request, service.contexts[0])
          const method = outgoing.method === "HEAD" ? "GET" : outgoing.method
          const body = bytes === undefined ? undefined : { _tag: "Bytes" as const, bytes }
          const response = yield* upstream.send({ ...outgoing, method, body })
          const text = yield* textOf(response.stream, service.contexts[0])
          return { service, status: response.status, headers: response.headers, text } satisfies Answer
        },
        (effect, _, service) => Effect.mapError(effect, (failure): Missing => ({ service, failure }))
      )

      const askAll = (request: Request, all: ReadonlyArray<Service>, bytes?: Uint8Array) =>
        Effect.map(
          Effect.forEach(all, (service) => Effect.result(ask(request, service, bytes)), { concurrency: "unbounded" }),
          (results) => {
            const [answers, missing] = Array.partition(results, (result) => result)
            return { missing, answers }
          }
        )

      const askOne = (request: Request, all: ReadonlyArray<Service>, detail: string) =>
        respond(new AskOneService({ addresses: all.map((service) => addressOf(service, request)), detail }))

      const notAll = (
        request: Request,
        missing: ReadonlyArray<Missing>,
        all: ReadonlyArray<Service>,
        before: string
      ) => {
        const names = missing.map(({ service }) => nameOf(service)).join(", ")
        const others = all.filter((service) => missing.every((one) => one.service !== service))
        const addresses = others.map((service) => addressOf(service, request)).join(", ")
        const where = addresses === "" ? "" : ` The others are at ${addresses}.`
        return Effect.andThen(
          Effect.logWarning(`${names} did not answer`, ...missing.map(({ failure }) => failure)),
          unavailable(`${before}${names} cannot be asked at present.${where}`)
        )
      }

      const any = (request: Request, [service, ...others]: ReadonlyArray<Service>): Answered =>
        service === undefined
          ? nobody
          : Effect.catch(send(request, service.contexts[0]), (failure) =>
              others.length > 0 ? any(request, others) : answerTo(request, failure)
            )

      const whoever = Effect.fnUntraced(function* (request: Request, all: ReadonlyArray<Service>) {
        const { answers, missing } = yield* askAll(request, all)
        const knowing = answers.filter(isDone)
        if (knowing.length > 1) {
          return yield* askOne(
            request,
            knowing.map(({ service }) => service),
            "Several services know of it."
          )
        }
        if (knowing[0] !== undefined) return again(knowing[0])
        if (missing.length > 0)
          return yield* notAll(request, missing, all, "Whoever could be asked does not know of it; ")
        return again(answers.find(({ status }) => status !== 404) ?? answers[0])
      })

      const together = Effect.fnUntraced(function* (
        request: Request,
        all: ReadonlyArray<Service>,
        join: Extract<Way, { readonly _tag: "Together" }>["join"]
      ) {
        const { answers, missing } = yield* askAll(request, all)
        if (missing.length > 0) return yield* notAll(request, missing, all, "")
        const joined = join(answers.flatMap(({ text }) => Option.toArray(decodeJson(text))))
        if (joined !== undefined && answers.every((answer) => isDone(answer) || answer.status === joined.status)) {
          return HttpServerResponse.jsonUnsafe(joined.body, { status: joined.status })
        }
        // Who was asked for something wrong says so, and everybody says the same.
        return again(answers.find((answer) => !isDone(answer)))
      })

      const everywhere = Effect.fnUntraced(function* (request: Request, all: ReadonlyArray<Service>) {
        const read = yield* Effect.result(request.arrayBuffer)
        // The pipeline says what is wrong with a body that cannot be read.
        if (Result.isFailure(read)) return yield* Effect.die(read.failure)
        const { answers, missing } = yield* askAll(request, all, new Uint8Array(read.success))
        const done = answers.filter(isDone)
        if (done.length === all.length || (done.length === 0 && missing.length === 0)) return again(answers[0])
        const undone = [
          ...missing.map(({ service }) => service),
          ...answers.filter((one) => !isDone(one)).map(({ service }) => service)
        ]
        const names = (some: ReadonlyArray<Service>) => some.map(nameOf).join(", ") || "nobody"
        yield* Effect.logWarning(`${names(undone)} did not do it`, ...missing.map(({ failure }) => failure))
        const did = names(done.map(({ service }) => service))
        return yield* unavailable(
          `It has happened in ${did}, and not yet in ${names(undone)}. Repeat it: it may be repeated.`
        )
      })

      const answer: Gathering["Service"]["answer"] = Effect.fnUntraced(function* (request, way) {
        if (!Passed.isPlain(request.url)) return notFound
        const found = yield* Effect.result(services.all)
        if (Result.isFailure(found)) {
          yield* Effect.logWarning("nobody could say which services there are", found.failure)
          return yield* unavailable("Nobody can say at present which services there are.")
        }
        const all = found.success
        if (all.length === 0) return yield* nobody
        switch (way._tag) {
          case "Any":
            return yield* any(request, all)
          case "Whoever":
            return yield* whoever(request, all)
          case "Together":
            return yield* together(request, all, way.join)
          case "All":
            return yield* everywhere(request, all)
          case "One":
            return yield* askOne(request, all, "What was asked for is not of all services together.")
        }
      })
      return { answer }
    })
  )
}

const nobody = unavailable("Nobody serves anything at present.")

const nameOf = ({ contexts }: Service): Hostable => contexts[0]

const addressOf = (service: Service, { url }: Request) => `/services/${nameOf(service)}${url.split("?")[0] ?? ""}`

const isDone = ({ status }: Answer) => status >= 200 && status < 300

/** All that a service says, as far as it is not too much. */
const textOf = (stream: Stream.Stream<Uint8Array, unknown>, context: string): Effect.Effect<string, Broken> => {
  let length = 0
  return stream.pipe(
    Stream.tap((chunk) => {
      length += chunk.length
      return length > largest ? Effect.fail(`an answer of more than ${largest} bytes`) : Effect.void
    }),
    Stream.decodeText(),
    Stream.mkString,
    Effect.mapError((cause) => new Broken({ context, cause }))
  )
}

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

/** An answer as it was given. */
const again = (answer: Answer | undefined) =>
  answer === undefined
    ? notFound
    : HttpServerResponse.text(answer.text, {
        status: answer.status,
        headers: Headers.remove(Passed.back(answer.headers), "content-length")
      })
