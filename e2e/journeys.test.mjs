// Browser journeys against a demo hospital: npm test. One of them: npm test -- --test-name-pattern="^3 "
import assert from "node:assert/strict";
import { after, it } from "node:test";
import { openBrowser } from "./harness/browser.mjs";
import { openHouse } from "./harness/house.mjs";
import { People } from "./harness/people.mjs";
import { alert } from "./journeys/alert.mjs";
import { annexes } from "./journeys/annexes.mjs";
import { clearing } from "./journeys/clearing.mjs";
import { codes } from "./journeys/codes.mjs";
import { flood } from "./journeys/flood.mjs";
import { giftJourney } from "./journeys/gift.mjs";
import { handing } from "./journeys/handing.mjs";
import { identity } from "./journeys/identity.mjs";
import { outward } from "./journeys/outward.mjs";
import { problem } from "./journeys/problem.mjs";
import { rescue } from "./journeys/rescue.mjs";
import { report } from "./journeys/report.mjs";
import { sealing } from "./journeys/sealing.mjs";
import { screens } from "./journeys/screens.mjs";
import { slow } from "./journeys/slow.mjs";
import { talk } from "./journeys/talk.mjs";

const house = await openHouse();
const browser = await openBrowser();
const people = new People(house, browser);

for (const journey of [report, sealing, giftJourney, annexes, alert, problem, outward, talk, identity, rescue, handing, slow, codes, clearing, flood, screens]) journey({ people });

it("and meanwhile the house logged no panic and no error", () => assert.deepEqual(house.complaints(), []));

after(async () => {
  await browser.close();
  house.end();
});
