/**
 * A card gateway that is slow, out of order, deaf or forgetful, as its seed says: requests and answers get lost, come twice,
 * or come late. Behind it is the gateway in memory, so what it does it does rightly; it counts what money has moved.
 */
import { CardGatewayMemory } from "@eventfold/card-gateway"
import { CardGateway } from "@eventfold/domain-payments"
import { Clock, Context, Effect, Layer, Random, type Scope } from "effect"
import * as Plan from "./Plan.ts"

/** What the gateway has done for a payment. */
export interface Moved {
  captures: number
  captured: number
  refunds: number
  refunded: number
  /** What it has kept of what it gave back. */
  fees: number
}

/** What happens to a request. */
type Fate = "heard" | "lost" | "answer-lost" | "silent" | "late" | "doubled"

/** A gateway in trouble. */
export interface TroubledGateway {
  readonly gateway: CardGateway.CardGateway["Service"]
  /** By payment. */
  readonly moved: ReadonlyMap<string, Moved>
  /** When each request came, in milliseconds. */
  readonly requests: ReadonlyArray<number>
}

/** How long the gateway waits for an answer before it says that there is none, in milliseconds. */
const timeLimit = 6_000

const fateOf = (odds: number): Fate => {
  const fates: ReadonlyArray<Fate> = ["lost", "answer-lost", "silent", "late", "doubled"]
  return fates[Math.floor(odds * fates.length)] ?? "heard"
}

/** The trouble of a plan. What is late comes for as long as the scope is open. */
export const make = Effect.fnUntraced(function* (
  plan: Pick<Plan.Plan, "seed" | "outages" | "trouble">
): Effect.fn.Return<TroubledGateway, never, Scope.Scope> {
  const memory = Context.get(yield* Layer.build(Layer.fresh(CardGatewayMemory.layerMemory)), CardGateway.CardGateway)
  const scope = yield* Effect.scope
  const begun = yield* Clock.currentTimeMillis
  const moved = new Map<string, Moved>()
  const asked = new Map<string, number>()
  const done = new Set<string>()
  const requests: Array<number> = []

  const movedOf = (paymentId: string): Moved => {
    const found = moved.get(paymentId) ?? { captures: 0, captured: 0, refunds: 0, refunded: 0, fees: 0 }
    moved.set(paymentId, found)
    return found
  }
  /** Counts what is done under a key for the first time. */
  const counting =
    ({ key, paymentId }: CardGateway.GatewayRequest, count: (moved: Moved) => void) =>
    <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.tap(effect, () =>
        Effect.sync(() => {
          if (!done.has(key)) count(movedOf(paymentId))
          done.add(key)
        })
      )

  const unavailable = ({ paymentId }: CardGateway.GatewayRequest, problem: "timeout" | "unreachable" | "failing") =>
    new CardGateway.GatewayUnavailable({ paymentId, problem })
  const isDown = (seconds: number) => plan.outages.some(([from, to]) => from <= seconds && seconds < to)

  /** Brings a request to the gateway, or not. What becomes of it depends on it alone, and on how often it was sent. */
  const through = <A>(
    request: CardGateway.GatewayRequest,
    effect: Effect.Effect<A, CardGateway.GatewayDeclined>
  ): Effect.Effect<A, CardGateway.GatewayError> =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const seconds = (now - begun) / 1_000
      requests.push(now)
      const time = (asked.get(request.key) ?? 0) + 1
      asked.set(request.key, time)
      if (isDown(seconds)) return yield* unavailable(request, "unreachable")
      if (plan.trouble === 0 || seconds >= Plan.quietFrom) return yield* effect
      const [odds, kind, latency, lateness] = yield* Effect.all([
        Random.next,
        Random.next,
        Random.nextIntBetween(0, 1_500),
        Random.nextIntBetween(1_000, Plan.latest)
      ]).pipe(Random.withSeed(`gateway ${plan.seed} ${request.key} ${time}`))
      yield* Effect.sleep(latency)
      const gaveUp = Effect.andThen(Effect.sleep(timeLimit), Effect.fail(unavailable(request, "timeout")))
      switch (odds < plan.trouble ? fateOf(kind) : "heard") {
        case "lost":
          return yield* unavailable(request, "failing")
        case "answer-lost":
          return yield* Effect.andThen(Effect.ignore(effect), Effect.fail(unavailable(request, "unreachable")))
        case "silent":
          return yield* Effect.andThen(Effect.ignore(effect), gaveUp)
        case "late":
          yield* Effect.forkIn(Effect.delay(Effect.ignore(effect), lateness), scope)
          return yield* gaveUp
        case "doubled":
          yield* Effect.forkIn(Effect.delay(Effect.ignore(effect), lateness), scope)
          return yield* effect
        case "heard":
          return yield* effect
      }
    })

  /** It answers with typed declines alone: it is in memory. */
  const sound = <A>(effect: Effect.Effect<A, CardGateway.GatewayError>) =>
    Effect.catchTag(effect, "GatewayUnavailable", Effect.die)
  const gateway: CardGateway.CardGateway["Service"] = {
    authorise: (request) => through(request, sound(memory.authorise(request))),
    capture: (request) =>
      through(
        request,
        sound(memory.capture(request)).pipe(
          counting(request, (of) => {
            of.captures += 1
            of.captured += request.money.amount
          })
        )
      ),
    refund: (request) => {
      // Of every fourth payment the gateway keeps something for itself.
      const fee = request.paymentId.endsWith("3") ? 25 : 0
      return through(
        request,
        sound(memory.refund(request)).pipe(
          Effect.as({ feeKept: { amount: fee, currency: request.money.currency } }),
          counting(request, (of) => {
            of.refunds += 1
            of.refunded += request.money.amount
            of.fees += fee
          })
        )
      )
    },
    void: (request) => through(request, sound(memory.void(request)))
  }
  return { gateway, moved, requests }
})
