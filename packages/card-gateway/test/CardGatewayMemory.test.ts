import { CardGatewayMemory } from "@eventfold/card-gateway"
import * as CardGatewayContract from "@eventfold/testing/CardGatewayContract"

CardGatewayContract.suite("the card gateway in memory", CardGatewayMemory.layerMemory)
