// Measures and draws characters with Canvas 2D, for browser_font.cpp. Fonts differ in width, so each is made as wide as
// Inter, which the lab is laid out for, within limits; in height its small letters end on a whole pixel, so that they are
// sharp. Chinese characters are whole pixels large. Figures get one width, so that numbers stand still while they change.
mergeInto(LibraryManager.library, {
  canvas_font__deps: ['malloc'],
  canvas_font: function(glyphs, count, width, reserved, brightness, heightOut) {
    var canvas = document.createElement('canvas');
    var context = canvas.getContext('2d', {willReadFrequently: true});
    var family = getComputedStyle(document.body).fontFamily;
    var MOST = 4096;  // texels high: what every browser has room for
    var INTER = [0.1388, 0.1438];  // the letters a to z together, regular and semibold, in hundreds of ems
    var choose = function(semibold) {
      if (font === semibold) return;
      font = semibold;
      context.font = (semibold ? 600 : 400) + ' 100px ' + family;  // large, and then scaled: advances are not rounded
      context.textRendering = 'geometricPrecision';
    };
    var FULL_WIDTH = {width: 100, actualBoundingBoxLeft: 0, actualBoundingBoxRight: 100, actualBoundingBoxAscent: 100,
      actualBoundingBoxDescent: 30};
    var measured = [{}, {}];  // regular, semibold
    var measure = function(text) { return measured[font][text] || (measured[font][text] = context.measureText(text)); };
    var all = [], cuts = {}, font, i, k;
    for (i = 0; i < count; ++i) {
      var at = (glyphs >> 2) + 13 * i, semibold = HEAPF32[at], em = HEAPF32[at + 1], key = semibold + ' ' + em;
      var cut = cuts[key];
      choose(semibold);
      if (!cut) {
        var letters = 0, figure = 0;
        for (k = 0; k < 26; ++k) letters += measure(String.fromCharCode(97 + k)).width;
        for (k = 0; k < 10; ++k) figure = Math.max(figure, measure(String(k)).width);
        var across = em / 100 * Math.min(1.15, Math.max(0.85, INTER[semibold] * 1e4 / letters));
        var small = measure('x').actualBoundingBoxAscent * across;
        var whole = Math.ceil(em) / 100;
        cut = cuts[key] = {across: across, down: across * Math.max(1, Math.round(small)) / small, figure: figure,
          chinese: {across: whole, down: whole}};
      }
      var code = HEAP32[at + 2], text = String.fromCharCode(code);
      var size = code < 0x3000 ? measure(text) : FULL_WIDTH;
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
        glyph.place = [across, down, x - left, y + top];
        x += w;
      });
      height = y + shelf;
    }
    canvas.width = width;
    canvas.height = height;
    font = undefined;  // a canvas forgets its own with its size
    all.forEach(function(glyph) {
      choose(glyph.semibold);
      context.setTransform(glyph.place[0], 0, 0, glyph.place[1], glyph.place[2], glyph.place[3]);
      context.fillText(glyph.text, glyph.shift, 0);
    });
    var drawn = context.getImageData(0, 0, width, height).data, pixels = _malloc(drawn.length);
    HEAP32[heightOut >> 2] = height;
    HEAPU32.fill(0xffffff, pixels >> 2, (pixels + drawn.length) >> 2);
    all.forEach(function(glyph) {
      // With several texels to a pixel each becomes the mean over a pixel, as many texels wide.
      var n = HEAP32[glyph.at + 3], bright = brightness / n;
      var left = HEAPF32[glyph.at + 8], top = HEAPF32[glyph.at + 9], right = HEAPF32[glyph.at + 10];
      for (var row = top * width, end = HEAPF32[glyph.at + 11] * width; row < end; row += width) {
        for (var x = row + left, sum = 0; x < row + right; ++x) {
          sum += drawn[4 * x + 3] - (x - n < row + left ? 0 : drawn[4 * (x - n) + 3]);
          HEAPU8[pixels + 4 * x + 3] = Math.min(255, sum * bright);
        }
      }
    });
    return pixels;
  }
});
