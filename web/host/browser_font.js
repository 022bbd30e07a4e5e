// Measures and draws characters with Canvas 2D, for browser_font.cpp. Fonts differ in width, so each is made as wide as
// Inter, which the lab is laid out for, within limits; in height its small letters end on a whole pixel, so that they are
// sharp. Chinese characters are whole pixels large. Figures get one width, so that numbers stand still while they change.
mergeInto(LibraryManager.library, {
  // What is drawn goes to the texture that is bound, and is not read: browsers that protect from fingerprints give noise.
  canvas_font__deps: ['$GL'],
  canvas_font: function(glyphs, count, width, reserved, oversample, brightness) {
    var canvases = [0, 1].map(function() { return document.createElement('canvas'); });
    var contexts = canvases.map(function(canvas, second) {
      return canvas.getContext('2d', {alpha: !second, willReadFrequently: true});  // the result is white on black
    });
    var canvas = canvases[0], context = contexts[0], result = contexts[1];
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
      var at = (glyphs >> 2) + 12 * i, semibold = HEAPF32[at], em = HEAPF32[at + 1], key = semibold + ' ' + em;
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
      HEAPF32[at + 11] = (size.width + room) * scale.across;
      all.push({at: at, text: text, semibold: semibold, scale: scale, shift: room / 2, size: size,
        n: scale === cut ? oversample : 1});
    }
    // On shelves, one above the other, below them those of whole pixels. What would be too high for a texture has fewer
    // texels.
    all.sort(function(a, b) { return b.n - a.n; });
    for (var detail = 1, height = MOST + 1; height > MOST; detail *= 0.8) {
      var x = reserved, y = 0, shelf = reserved, fine = 0;
      all.forEach(function(glyph) {
        var n = glyph.n, across = glyph.scale.across * n * detail, down = glyph.scale.down * detail;
        var left = Math.floor((glyph.shift - glyph.size.actualBoundingBoxLeft) * across) - 1;
        var right = Math.ceil((glyph.shift + glyph.size.actualBoundingBoxRight) * across) + n;
        var top = Math.ceil(glyph.size.actualBoundingBoxAscent * down) + 1;
        var bottom = Math.ceil(glyph.size.actualBoundingBoxDescent * down) + 1;
        var w = right - left, h = top + bottom, middle = (n - 1) / 2;
        if (x + w > width || (n === 1 && !fine)) { x = 0; y += shelf; shelf = 0; }
        if (n === 1 && !fine) fine = y;
        shelf = Math.max(shelf, h);
        HEAPF32.set([(left - middle) / n / detail, -top / detail, (right - middle) / n / detail, bottom / detail, x, y,
          x + w, y + h], glyph.at + 3);
        glyph.place = [across, down, x - left, y + top];
        x += w;
      });
      height = y + shelf;
    }
    canvases.forEach(function(each) {
      each.width = width;
      each.height = height;
    });
    font = undefined;  // a canvas forgets its own with its size
    context.fillStyle = result.fillStyle = 'white';
    all.forEach(function(glyph) {
      choose(glyph.semibold);
      context.setTransform(glyph.place[0], 0, 0, glyph.place[1], glyph.place[2], glyph.place[3]);
      context.fillText(glyph.text, glyph.shift, 0);
    });
    // With several texels to a pixel each becomes the mean over a pixel, as many texels wide.
    var spread = function(top, bottom, n) {
      for (var bright = brightness; bright > 0; bright -= n) {
        result.globalAlpha = Math.min(1, bright / n);
        for (k = 0; k < n; ++k) result.drawImage(canvas, 0, top, width, bottom - top, k, top, width, bottom - top);
      }
    };
    result.fillStyle = 'black';  // WebKit has transparency where none was asked for
    result.fillRect(0, 0, width, height);
    result.fillStyle = 'white';
    result.globalCompositeOperation = 'lighter';
    spread(0, fine || height, oversample);
    if (fine) spread(fine, height, 1);
    // What ImGui's lines of every width are cut from: rows with a line in the middle.
    result.globalAlpha = 1;
    for (i = 0; i < reserved; ++i) result.fillRect((reserved - i) >> 1, i, i, 1);
    GLctx.texImage2D(GLctx.TEXTURE_2D, 0, GLctx.R8, GLctx.RED, GLctx.UNSIGNED_BYTE, canvases[1]);
    return height;
  }
});
