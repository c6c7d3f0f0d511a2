import * as CardGatewayContract from "@eventfold/testing/CardGatewayContract"
import { layer } from "./Simulated.ts"

CardGatewayContract.suite("the client of the card gateway, with the simulator over HTTP", layer(), {
  excludeTestServices: true
})
