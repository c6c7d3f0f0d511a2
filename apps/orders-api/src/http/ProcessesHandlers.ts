/** The endpoints that tell which sagas and process managers there are, and draw them. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { hostedBy } from "../contexts/Hosting.ts"
import type { RunningManager, RunningSaga } from "../fulfilment/RunningProcess.ts"
import * as RunningProcesses from "../fulfilment/RunningProcesses.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { UnknownProcess } from "./ProcessesApi.ts"

/** The endpoints that tell which sagas and process managers there are. */
export const layer = HttpApiBuilder.group(
  Api,
  "processes",
  Effect.fn(function* (handlers) {
    const settings = yield* Settings
    const { fulfilment, fulfilmentLimits } = settings
    const hosted = hostedBy(settings)
    const processes: ReadonlyArray<Running> = [
      ...RunningProcesses.sagas(hosted, fulfilmentLimits),
      ...RunningProcesses.managers(hosted, fulfilment, fulfilmentLimits)
    ]

    return handlers.handleAll({
      list: () =>
        Effect.map(
          Effect.forEach(processes, (process) =>
            Effect.map(stepsOf(process), (steps) => ({
              name: process.name,
              kind: process.kind,
              version: process.version,
              summary: process.summary,
              steps,
              diagram: `/processes/${process.name}/diagram`
            }))
          ),
          (listed) => ({ processes: listed })
        ),
      diagram: Effect.fnUntraced(function* ({ params: { name }, query, request: { headers } }) {
        const process = processes.find((one) => one.name === name)
        if (process === undefined) {
          const known = processes.map((one) => one.name)
          const detail = `there is no saga and no process manager ${name}, only ${known.join(", ")}`
          return yield* new UnknownProcess({ name, known, detail })
        }
        if ((query.format ?? wanted(headers["accept"])) === "mermaid") return yield* process.mermaid
        return process.kind === "saga"
          ? { kind: process.kind, ...(yield* process.diagram) }
          : { kind: process.kind, ...(yield* process.diagram) }
      })
    })
  })
)

type Running = RunningManager | RunningSaga

/** The steps of a saga, or the phases of a process manager. */
const stepsOf = (
  process: Running
): Effect.Effect<ReadonlyArray<{ readonly name: string; readonly command?: string }>> =>
  process.kind === "saga"
    ? Effect.succeed(process.steps)
    : Effect.map(process.diagram, ({ phases }) => phases.map(({ name }) => ({ name })))

/** Data for whoever names JSON before any text, which is what `Accept` is for; text for everybody else. */
const wanted = (accept = ""): "mermaid" | "data" => {
  const ranges = accept.split(",").map((range) => range.split(";")[0]?.trim().toLowerCase() ?? "")
  return ranges.find((range) => range === "application/json" || range.startsWith("text/") || range === "*/*") ===
    "application/json"
    ? "data"
    : "mermaid"
}
