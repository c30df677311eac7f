// @ts-check
// What runs on the graphics card.  Lengths are thousands of km.

/**
 * From a place in GCRF to the picture, in one of three ways; the same sums are in camera.js.
 * Behind the Earth, or below the horizon, `hidden` is true.
 */
const PROJECT = `
uniform int mode;            // 0 globe, 1 flat map, 2 from a site
uniform mat4 view;           // globe: GCRF to clip space
uniform vec3 eye;            // globe: GCRF
uniform mat3 fixedFrame;     // GCRF to Earth-fixed
uniform vec3 sitePlace, siteEast, siteNorth, siteUp;  // Earth-fixed
uniform vec4 window;         // flat and sky: scale x, scale y, offset x, offset y
const float EARTH = 6.378137;
const float PI = 3.14159265358979;
bool hidden;
float mapTurn;               // flat: so that a line does not run across the map
vec4 level(vec3 f, float ahead);
vec4 project(vec3 r, float ahead) {
  hidden = false;
  if (mode == 0) {
    vec3 sight = r - eye;
    float along = clamp(-dot(eye, sight) / dot(sight, sight), 0., 1.);
    hidden = length(eye + along * sight) < EARTH * .998 && along < 1.;
    return view * vec4(r, 1.);
  }
  return level(fixedFrame * r, ahead);
}
vec4 level(vec3 f, float ahead) {
  // What is drawn at another time than now has the Earth turned by as much.
  float a = -ahead * 7.2921159e-5;
  f = vec3(cos(a) * f.x - sin(a) * f.y, sin(a) * f.x + cos(a) * f.y, f.z);
  vec2 p;
  if (mode == 1) {
    p = vec2(atan(f.y, f.x) / PI, asin(clamp(f.z / length(f), -1., 1.)) / PI);
  } else {
    vec3 d = normalize(f - sitePlace);
    float up = dot(d, siteUp);
    hidden = up < 0.;
    float out_ = acos(clamp(up, -1., 1.)) / (PI * .5);
    vec2 side = vec2(dot(d, siteEast), dot(d, siteNorth));
    p = out_ * side / max(length(side), 1e-6);
  }
  mapTurn = p.x;
  return vec4(p * window.xy + window.zw, 0., 1.);
}
`;

export const POINT_VERTEX = `
in vec3 r0, v0, r1, v1;
in vec4 colour;
in uvec3 look;               // shape, whether it is shown, whether it is chosen
uniform float share, step_, size, fade;
${PROJECT}
out vec4 tint;
flat out int shape;
bool lost(vec3 r) { return any(greaterThan(floatBitsToUint(r) & 0x7fffffffu, uvec3(0x7f800000u))); }
void main() {
  tint = vec4(0.);
  shape = int(look.x);
  gl_Position = vec4(2., 2., 2., 1.);
  gl_PointSize = 1.;
  if (look.y == 0u || lost(r0) || lost(r1)) return;
  // Cubic Hermite between two keyframes: places and velocities at both ends.
  float s2 = share * share, s3 = s2 * share;
  vec3 r = (2. * s3 - 3. * s2 + 1.) * r0 + (s3 - 2. * s2 + share) * step_ * v0
    + (3. * s2 - 2. * s3) * r1 + (s3 - s2) * step_ * v1;
  vec4 place = project(r * 1e-3, 0.);
  if (hidden) return;
  gl_Position = place;
  bool chosen = look.z == 1u;
  gl_PointSize = size * (shape == 0 ? 1. : 1.5) * (chosen ? 2.2 : 1.);
  tint = vec4(colour.rgb, chosen ? 1. : fade);
}
`;

export const POINT_FRAGMENT = `
in vec4 tint;
flat in int shape;
out vec4 o;
void main() {
  vec2 p = gl_PointCoord * 2. - 1.;
  float d;
  if (shape == 1) d = max(abs(p.x) * .87 - p.y * -.5 - .42, p.y - .7) + .12;   // triangle, point up
  else if (shape == 2) d = abs(p.x) + abs(p.y) - .95;
  else if (shape == 3) d = abs(length(p) - .66) - .22;
  else if (shape == 4) d = max(abs(p.x), abs(p.y)) - .7;
  else d = length(p) - .9;
  float a = tint.a * (1. - smoothstep(-.18, .08, d));
  if (a < .02) discard;
  o = vec4(tint.rgb * a, a);
}
`;

export const LINE_VERTEX = `
in vec3 place, other;        // where it is, and the other end of its line
in float ahead, otherAhead;  // seconds from now at which it is there
uniform bool onEarth;        // then places are Earth-fixed, and no line crosses the date line
${PROJECT}
out float seen;
void main() {
  if (onEarth) {
    seen = 1.;
    if (mode != 0) {
      gl_Position = level(place, 0.);
      return;
    }
    vec3 r = transpose(fixedFrame) * place;
    gl_Position = project(r, 0.);
    seen = smoothstep(0., .12, dot(normalize(r), normalize(eye - r)));
    return;
  }
  vec4 p = project(other, otherAhead);
  float there = mapTurn;
  bool below = hidden;
  p = project(place, ahead);
  seen = hidden || (mode == 2 && below) ? 0. : 1.;
  // On the map, what crosses its edge would run the long way round.
  if (mode == 1 && abs(mapTurn - there) > 1.) p = vec4(2., 2., 2., 1.);
  gl_Position = p;
}
`;

export const LINE_FRAGMENT = `
in float seen;
uniform vec4 tint;
out vec4 o;
void main() {
  float a = tint.a * seen;
  if (a < .01) discard;
  o = vec4(tint.rgb * a, a);
}
`;

/** One triangle over all; the Earth, its night and its air are worked out for each pixel. */
export const EARTH_VERTEX = `
out vec2 at;
void main() {
  at = vec2(gl_VertexID == 1 ? 3. : -1., gl_VertexID == 2 ? 3. : -1.);
  gl_Position = vec4(at, 0., 1.);
}
`;

export const EARTH_FRAGMENT = `
in vec2 at;
uniform int mode;
uniform mat3 fixedFrame;
uniform vec3 sun;            // GCRF
uniform vec3 eye, right, upward, forward;
uniform vec4 window;
uniform float lod;
uniform sampler2D land;
out vec4 o;
const float EARTH = 6.378137;
const float PI = 3.14159265358979;
vec3 ground(vec3 f, float light) {
  vec2 uv = vec2(atan(f.y, f.x) / (2. * PI) + .5, .5 - asin(clamp(f.z, -1., 1.)) / PI);
  vec3 c = textureLod(land, uv, lod).rgb;
  float day = smoothstep(-.10, .16, light);
  return c * mix(vec3(.42, .47, .60), vec3(1.12), day);
}
void main() {
  if (mode == 2) {
    vec2 p = (at - window.zw) / window.xy;
    float r = length(p);
    if (r > 1.) discard;
    // Rings at 0, 30 and 60 degrees of elevation, and the lines to north, east, south and west.
    float w = fwidth(r) * 1.2;
    float third = abs(fract(r * 3. + .5) - .5) / 3.;
    float cross_ = min(abs(p.x), abs(p.y));
    float ink = max(1. - smoothstep(0., w, third), .6 * (1. - smoothstep(0., w, cross_)));
    o = vec4(mix(vec3(.030, .050, .085), vec3(.055, .085, .13), r * r) + vec3(.10, .14, .20) * ink, 1.);
    return;
  }
  if (mode == 1) {
    vec2 p = (at - window.zw) / window.xy;
    if (abs(p.x) > 1. || abs(p.y) > .5) discard;
    float lon = p.x * PI, lat = p.y * PI;
    vec3 f = vec3(cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat));
    o = vec4(ground(f, dot(f, fixedFrame * sun)), 1.);
    return;
  }
  vec3 ray = normalize(forward + at.x * right + at.y * upward);
  float b = dot(eye, ray);
  float nearest = dot(eye, eye) - b * b;
  float h = sqrt(max(nearest, 0.));
  if (b < 0. && h < EARTH) {
    vec3 r = eye + (-b - sqrt(EARTH * EARTH - nearest)) * ray;
    vec3 n = r / EARTH;
    float light = dot(n, sun);
    vec3 c = ground(fixedFrame * n, light);
    float rim = pow(1. - max(dot(n, -ray), 0.), 3.5);
    c += vec3(.16, .36, .66) * rim * (.16 + .75 * smoothstep(-.2, .4, light));
    o = vec4(c, 1.);
    return;
  }
  // Air above the limb, thin, and bright by day.
  float height = (h - EARTH) / .42;
  if (b > 0. || height > 1.) discard;
  vec3 limb = normalize(eye - b * ray);
  float a = pow(1. - height, 3.) * (.10 + .62 * smoothstep(-.3, .45, dot(limb, sun)));
  o = vec4(vec3(.24, .50, .92) * a, a);
}
`;
