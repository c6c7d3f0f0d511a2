/** The shared kernel on the map of contexts. It imports nothing of ours, so it is declared here. */
import { Context } from "@eventfold/context-map"

/** The shared kernel. */
export const context = Context.make({
  name: "shared-kernel",
  kind: "shared-kernel",
  class: "supporting",
  owner: "All heads of teams together",
  team: "all teams",
  purpose: "Money, quantities, percentages, addresses, names and ids, which mean the same to everybody.",
  rooms: ["shared-kernel"]
})
