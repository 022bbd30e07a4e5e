// What the lab asks of the browser in JavaScript: the canvas that the page gave it, and characters (browser_font.cpp).
mergeInto(LibraryManager.library, {
  canvas_gl__deps: ['$GL'],
  canvas_gl: function() {
    var context = Module['canvas'].getContext('webgl2');
    GL.makeContextCurrent(GL.registerContext(context, {majorVersion: 2, minorVersion: 0}));
  },

  // Measures and draws characters with Canvas 2D. Fonts differ in width, so each is made as wide as Inter, which the lab
  // is laid out for, within limits; in height its small letters end on a whole pixel, so that they are sharp. Chinese
  // characters are whole pixels large. Figures get one width, so that numbers stand still while they change.
  canvas_font__deps: ['malloc'],
  canvas_font: function(glyphs, count, width, reserved, brightness, heightOut) {
    var canvas = document.createElement('canvas');
    var context = canvas.getContext('2d', {willReadFrequently: true});
    var family = getComputedStyle(document.body).fontFamily;
    var MOST = 4096;  // texels high: what every browser has room for
    var INTER = [0.1388, 0.1438];  // the letters a to z together, regular and semibold, in hundreds of ems
    var choose = function(semibold) {
      context.font = (semibold ? 600 : 400) + ' 100px ' + family;  // large, and then scaled: advances are not rounded
      context.textRendering = 'geometricPrecision';
    };
    var measure = function(text) { return context.measureText(text); };
    var all = [], cuts = {}, i, k;
    for (i = 0; i < count; ++i) {
      var at = (glyphs >> 2) + 13 * i, semibold = HEAPF32[at], em = HEAPF32[at + 1], key = semibold + ' ' + em;
      var cut = cuts[key];
      if (!cut) {
        choose(semibold);
        var letters = 0, figure = 0;
        for (k = 0; k < 26; ++k) letters += measure(String.fromCharCode(97 + k)).width;
        for (k = 0; k < 10; ++k) figure = Math.max(figure, measure(String(k)).width);
        var across = em / 100 * Math.min(1.15, Math.max(0.85, INTER[semibold] * 1e4 / letters));
        var small = measure('x').actualBoundingBoxAscent * across;
        var whole = Math.ceil(em) / 100;
        cut = cuts[key] = {across: across, down: across * Math.max(1, Math.round(small)) / small, figure: figure,
          chinese: {across: whole, down: whole}};
      }
      var code = HEAP32[at + 2], text = String.fromCharCode(code), size = measure(text);
      var room = code >= 48 && code <= 57 ? cut.figure - size.width : 0, scale = code < 0x3000 ? cut : cut.chinese;
      HEAPF32[at + 12] = (size.width + room) * scale.across;
      all.push({at: at, text: text, semibold: semibold, scale: scale, shift: room / 2, size: size});
    }
    // On shelves, one above the other. What would be too high for a texture has fewer texels.
    for (var detail = 1, height = MOST + 1; height > MOST; detail *= 0.8) {
      var x = reserved, y = 0, shelf = reserved;
      all.forEach(function(glyph) {
        var n = HEAP32[glyph.at + 3], across = glyph.scale.across * n * detail, down = glyph.scale.down * detail;
        var left = Math.floor((glyph.shift - glyph.size.actualBoundingBoxLeft) * across) - 1;
        var right = Math.ceil((glyph.shift + glyph.size.actualBoundingBoxRight) * across) + n;
        var top = Math.ceil(glyph.size.actualBoundingBoxAscent * down) + 1;
        var bottom = Math.ceil(glyph.size.actualBoundingBoxDescent * down) + 1;
        var w = right - left, h = top + bottom, middle = (n - 1) / 2;
        if (x + w > width) { x = 0; y += shelf; shelf = 0; }
        shelf = Math.max(shelf, h);
        HEAPF32.set([(left - middle) / n / detail, -top / detail, (right - middle) / n / detail, bottom / detail, x, y,
          x + w, y + h], glyph.at + 4);
        glyph.place = [across, 0, 0, down, x - left, y + top];
        x += w;
      });
      height = y + shelf;
    }
    canvas.width = width;
    canvas.height = height;
    context.globalCompositeOperation = 'lighter';
    var font;
    all.forEach(function(glyph) {
      if (glyph.semibold !== font) choose(font = glyph.semibold);
      // With several texels to a pixel each is the mean over a pixel, as many texels wide.
      var n = HEAP32[glyph.at + 3];
      context.globalAlpha = Math.min(1, brightness / n);
      for (k = 0; k < n; ++k) {
        context.setTransform(glyph.place[0], 0, 0, glyph.place[3], glyph.place[4] + k, glyph.place[5]);
        context.fillText(glyph.text, glyph.shift, 0);
      }
    });
    var drawn = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    var pixels = _malloc(4 * drawn.length);
    HEAP32[heightOut >> 2] = height;
    for (i = 0; i < drawn.length; ++i) HEAPU32[(pixels >> 2) + i] = drawn[i] | 0xffffff;
    return pixels;
  }
});
