/**
 * The process of one peer: `node main.ts NAME FOLDER URL`, started by `PeerProcess.ts`, which asks it for one run at a
 * time. Callers here are plain promises: nothing of eventfold is on the way of a peer's operation, and nothing of Effect
 * unless it is the peer.
 */
import { createRequire } from "node:module"
import { join } from "node:path"
import { Schema } from "effect"
import * as Castore from "./Castore.ts"
import * as Dbos from "./Dbos.ts"
import * as Emmett from "./Emmett.ts"
import * as EngineRuns from "./EngineRuns.ts"
import * as Graphile from "./Graphile.ts"
import * as MessageDb from "./MessageDb.ts"
import type { Load, Modules } from "./Modules.ts"
import { type Answer, Question } from "./Protocol.ts"
import * as Queue from "./Queue.ts"
import * as Restate from "./Restate.ts"
import type { Runs } from "./Runs.ts"
import * as StoreRuns from "./StoreRuns.ts"

const [name = "", folder = "", url = ""] = process.argv.slice(2)

const require = createRequire(join(folder, "package.json"))
const load: Load = <Name extends keyof Modules>(module: Name) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the peer is installed when the bench runs: its types are not here
  require(module) as Modules[Name]

const start = async (): Promise<Runs> => {
  switch (name) {
    case "emmett":
      return StoreRuns.make(Emmett.adapter(load, url))
    case "castore":
      return StoreRuns.make(Castore.adapter(load, url))
    case "message-db":
      return StoreRuns.make(MessageDb.adapter(load, url, folder))
    case "restate":
      return EngineRuns.make((step) => Restate.adapter(load, folder, step))
    case "dbos":
      return EngineRuns.make((step) => Dbos.adapter(load, url, step))
    case "effect-workflow": {
      // It needs much of Effect, which the other peers do not have to carry.
      const EffectWorkflow = await import("./EffectWorkflow.ts")
      return EngineRuns.make((step) => EffectWorkflow.adapter(url, step))
    }
    case "graphile-worker":
      return Queue.make(Graphile.adapter(load, url, "tuned"))
    case "graphile-default":
      return Queue.make(Graphile.adapter(load, url, "defaults"))
    default:
      throw new Error(`There is no peer ${name}`)
  }
}

const starting = start()

const answer = async (question: Question): Promise<Answer> => {
  const runs = await starting
  if (question._tag === "Measure") return { _tag: "Measured", ...(await runs.measure(question)) }
  await runs.prepare(question)
  return { _tag: "Prepared" }
}

process.on("message", (message) => {
  void answer(Schema.decodeUnknownSync(Question)(message))
    .catch((error: unknown): Answer => ({
      _tag: "Failed",
      reason: error instanceof Error ? error.message : String(error)
    }))
    .then((reply) => process.send?.(reply))
})
// The bench is gone, or wants this process gone. It exits, so that a peer's own server is ended with it.
process.on("disconnect", () => process.exit())
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit())
