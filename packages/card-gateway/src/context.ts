/** The card gateway on the map of contexts: a system of somebody else, with a language of its own. */
import { Context } from "@eventfold/context-map"

/** The card gateway. The simulator plays it here. */
export const context = Context.make({
  name: "card-gateway",
  kind: "foreign-system",
  class: "generic",
  owner: "The provider of the gateway",
  team: "outside",
  purpose: "Authorises, captures and gives back money on cards.",
  rooms: ["card-gateway-simulator"]
})
