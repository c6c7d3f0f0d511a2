/** A program that serves hotels and is found over NATS, until it is stopped: `NATS_URL`, `STREAM` and `INSTANCE` say where and as what. */
import { NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer } from "effect"
import * as HotelProcesses from "./HotelProcesses.ts"
import * as HotelService from "./HotelService.ts"

const program = Layer.unwrap(
  Effect.gen(function* () {
    const [url, stream] = [yield* Config.String("NATS_URL"), yield* Config.String("STREAM")]
    const registry = HotelProcesses.registry(url, stream)
    return Layer.provide(HotelService.hotels(yield* Config.String("INSTANCE")), HotelService.sharing(registry))
  })
)

NodeRuntime.runMain(Layer.launch(program))
