/**
 * E84, service registry and circuit breaker: contexts are found by name, and what keeps failing is left alone for a while.
 *
 * Shows: a command for a context nobody serves is a typed error; once it is served the same command finds it over HTTP, by its
 * name; an answer and a refusal are what they are in one program. With `NATS_URL` the programs are processes, which find one another over
 * NATS, and are killed and stopped. Of breakers: a refusal is no failure; two failures open the breaker; a trip waits without asking, and its attempts do not count;
 * the breaker can be seen, since when it is open and when a call may try; when the hotels are back, the trip goes on by itself.
 */
import { CommandBus } from "@eventfold/event-store"
import { ServiceRegistry } from "@eventfold/messaging"
import { Breakers } from "@eventfold/processes"
import { Config, Console, Effect, Layer, Option } from "effect"
import * as HotelProcesses from "./HotelProcesses.ts"
import * as HotelService from "./HotelService.ts"
import * as ReadSide from "./ReadSide.ts"
import * as Trips from "./Trips.ts"

/** What it is about. */
export const title = "Service registry and circuit breakers: found by name, left alone while it keeps failing"

const book = Effect.fnUntraced(function* (number: number, guest: string) {
  const bus = yield* CommandBus
  const booked = yield* Effect.result(bus.dispatch(HotelService.bookRoom, HotelService.booking(number, guest)))
  if (booked._tag === "Success") return yield* Console.log(`  ${guest} has room ${booked.success.room}`)
  const { failure } = booked
  yield* Console.log(`  ${guest} has no room: ${typeof failure === "string" ? failure : failure.message}`)
})

const found = Effect.gen(function* () {
  const registry = yield* ServiceRegistry
  yield* Console.log("Nobody serves hotels")
  yield* book(1, "Ada")
  yield* Console.log("A program serves hotels")
  const serving = Effect.gen(function* () {
    const [{ endpoints, service, version }] = yield* registry.find("hotels")
    yield* Console.log(`  found: ${service} ${version}, which speaks ${Object.keys(endpoints).join(", ")}`)
    yield* book(1, "Ada")
    yield* book(2, "Bob")
  })
  yield* Effect.provide(serving, HotelService.hotels("hotels-1"))
  yield* Console.log("It has ended")
  yield* book(3, "Cleo")
}).pipe(Effect.provide(Layer.provideMerge(HotelService.bus, HotelService.shared)))

/** The same with a process for each program that serves hotels. */
const foundAcrossProcesses = (url: string) =>
  Effect.gen(function* () {
    const { names, start, until } = yield* HotelProcesses.on(url)
    const tell = Effect.flatMap(names, (all) => Console.log(`  found: ${all.length === 0 ? "nobody" : all.join(", ")}`))
    yield* Console.log("Nobody serves hotels")
    yield* book(1, "Ada")
    yield* Console.log("Two programs serve hotels, each a process of its own")
    const first = yield* start("hotels-1")
    const second = yield* start("hotels-2")
    yield* until(["hotels-1", "hotels-2"])
    yield* tell
    yield* book(1, "Ada")
    yield* book(2, "Bob")
    yield* Console.log("One is killed, and has no time to say so")
    yield* first.end("SIGKILL")
    yield* until(["hotels-2"])
    yield* tell
    yield* book(4, "Ada")
    yield* Console.log("The other is stopped: it is gone when it has ended")
    yield* second.end("SIGTERM")
    yield* until([])
    yield* tell
    yield* book(3, "Cleo")
  }).pipe(Effect.scoped, Effect.provide(Layer.provideMerge(HotelService.bus, HotelProcesses.shared(url))))

/** The story. */
export const program = Effect.scoped(
  Effect.gen(function* () {
    const nats = yield* Config.option(Config.String("NATS_URL"))
    yield* Option.match(nats, { onNone: () => found, onSome: foundAcrossProcesses })
    const agency = Trips.agency()
    yield* Effect.gen(function* () {
      const breakers = yield* Breakers
      const shown = Effect.map(breakers.states, ([hotels]) => hotels)
      yield* Console.log("The hotels are full")
      agency.state.doing = (command) => (command === "BookHotel" ? "refuses" : "does")
      const full = yield* Trips.newTrip
      yield* Trips.book(full)
      yield* Trips.until(full, "compensated")
      yield* Console.log(`  the breaker hotels is ${(yield* shown)?.state}`)

      yield* Console.log("The hotels are down")
      agency.state.doing = (command) => (command === "BookHotel" ? "does not answer" : "does")
      const trip = yield* Trips.newTrip
      yield* Trips.book(trip)
      yield* ReadSide.until(
        "the breaker opens",
        Effect.map(shown, (hotels) => hotels?.state === "open")
      )
      const { retryAfter = 0, since } = (yield* shown) ?? {}
      const known = since === undefined ? "since nobody knows when" : "since a moment ago"
      yield* Console.log(
        `  the breaker hotels is open ${known}; a call may try ${retryAfter > 300 ? "some day" : "soon"}`
      )
      const asked = yield* Effect.result(breakers.guard("hotels", Effect.void))
      if (asked._tag === "Failure") yield* Console.log(`  whoever asks now fails at once: ${asked.failure._tag}`)

      yield* Console.log("The hotels are back")
      agency.state.doing = () => "does"
      yield* Trips.until(trip, "completed")
      yield* Console.log(`  the breaker hotels is ${(yield* shown)?.state}`)
    }).pipe(Effect.provide(Trips.process(agency)))
  })
)
