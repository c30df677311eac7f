// @ts-check
// Programs and buffers of WebGL2.

/**
 * @typedef {object} Program
 * @property {WebGLProgram} program
 * @property {(name: string) => WebGLUniformLocation | null} at where a uniform is
 * @property {(name: string) => number} attribute where an attribute is
 */

/**
 * @param {WebGL2RenderingContext} gl
 * @param {string} vertex
 * @param {string} fragment
 * @returns {Program}
 */
export function program(gl, vertex, fragment) {
  const made = /** @type {WebGLProgram} */ (gl.createProgram());
  for (const [kind, text] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, `#version 300 es\nprecision highp float;\nprecision highp int;\n${text}`);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(gl.getShaderInfoLog(shader) ?? "a shader does not compile");
    }
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(made) ?? "a program does not link");
  }
  /** @type {Map<string, WebGLUniformLocation | null>} */
  const known = new Map();
  return {
    program: made,
    at: (name) => {
      if (!known.has(name)) known.set(name, gl.getUniformLocation(made, name));
      return known.get(name) ?? null;
    },
    attribute: (name) => gl.getAttribLocation(made, name),
  };
}

/**
 * A vertex array: attributes of a program from buffers.
 * @param {WebGL2RenderingContext} gl
 * @param {Program} of
 * @param {[string, WebGLBuffer, number, number, number, number][]} parts name, buffer, numbers, type, stride, offset
 * @returns {WebGLVertexArrayObject}
 */
export function vertices(gl, of, parts) {
  const array = /** @type {WebGLVertexArrayObject} */ (gl.createVertexArray());
  gl.bindVertexArray(array);
  for (const [name, buffer, size, type, stride, offset] of parts) {
    const place = of.attribute(name);
    if (place < 0) continue;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    if (type === gl.UNSIGNED_BYTE && name !== "colour") gl.vertexAttribIPointer(place, size, type, stride, offset);
    else gl.vertexAttribPointer(place, size, type, name === "colour", stride, offset);
  }
  gl.bindVertexArray(null);
  return array;
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {WebGLBuffer} buffer
 * @param {ArrayBufferView} data
 */
export function upload(gl, buffer, data) {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
}

/**
 * Whether a processor draws, and no graphics card: then less is drawn, and only on change.
 * @param {WebGL2RenderingContext} gl
 */
export function isSoftware(gl) {
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(told ? gl.getParameter(told.UNMASKED_RENDERER_WEBGL) : gl.getParameter(gl.RENDERER));
  return /swiftshader|llvmpipe|softpipe|basic render|software/i.test(name);
}
