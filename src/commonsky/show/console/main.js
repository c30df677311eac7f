// @ts-check
// Where the page begins.

import { preferred, speak } from "./words.js";
import { Shell } from "./shell.js";
import "./screens/queue.js";
import "./screens/case.js";
import "./screens/globe.js";
import "./screens/nation.js";
import "./screens/object.js";
import "./screens/record.js";
import "./screens/timeline.js";
import "./screens/places.js";

await speak(preferred());
document.body.append(new Shell());
