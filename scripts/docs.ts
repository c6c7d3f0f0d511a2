/**
 * `npm run docs`: brings the code, the outputs and the answers shown in the documents up to date.
 *
 * `test/docs.test.ts` refuses a document that is not. `test/docs/Blocks.ts` says how a block names its source.
 */
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Layer } from "effect"
import * as Document from "../test/docs/Document.ts"
import { OrdersApi } from "../test/docs/OrdersApi.ts"

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  for (const path of yield* Document.documents) {
    const fresh = yield* Document.refreshed(path)
    if (fresh === (yield* Document.read(path))) continue
    yield* fs.writeFileString(`${Document.root}/${path}`, fresh)
    yield* Console.log(`wrote ${path}`)
  }
})

program.pipe(
  Effect.provide(OrdersApi.layer.pipe(Layer.provideMerge(Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)))),
  NodeRuntime.runMain
)
