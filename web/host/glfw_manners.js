// Teaches Emscripten's GLFW manners on a host page. It listens to keys on the whole window and swallows Backspace and
// Tab there, takes every wheel, and gets touch and density wrong. So keys move to the canvas, where Tab, Escape and the
// browser's shortcuts pass through; the wheel is the page's unless it zooms; one pointer comes instead of mouse and touch;
// nothing watches for gamepads.
mergeInto(LibraryManager.library, {
  glfw_manners__deps: ['$GLFW'],
  glfw_manners: function() {
    var canvas = Module['canvas'];
    var keys = {'keydown': GLFW.onKeydown, 'keypress': GLFW.onKeyPress, 'keyup': GLFW.onKeyup};
    Object.keys(keys).forEach(function(type) {
      window.removeEventListener(type, keys[type], true);
      canvas.addEventListener(type, function(event) {
        var ours = event.key !== 'Tab' && event.key !== 'Escape' && !event.ctrlKey && !event.metaKey && !event.altKey;
        if (ours || type === 'keyup') keys[type](event);
      });
    });
    canvas.addEventListener('blur', GLFW.onBlur);
    // Whoever listens to these makes the browser look for gamepads all the time, at 2 % of a core.
    window.removeEventListener('gamepadconnected', GLFW.onGamepadConnected, true);
    window.removeEventListener('gamepaddisconnected', GLFW.onGamepadDisconnected, true);
    var old = {
      'touchmove': GLFW.onMousemove, 'touchstart': GLFW.onMouseButtonDown, 'touchcancel': GLFW.onMouseButtonUp,
      'touchend': GLFW.onMouseButtonUp, 'mousemove': GLFW.onMousemove, 'mousedown': GLFW.onMouseButtonDown,
      'mouseup': GLFW.onMouseButtonUp, 'wheel': GLFW.onMouseWheel, 'mousewheel': GLFW.onMouseWheel,
      'mouseenter': GLFW.onMouseenter, 'mouseleave': GLFW.onMouseleave, 'drop': GLFW.onDrop,
      'dragover': GLFW.onDragover
    };
    Object.keys(old).forEach(function(type) { canvas.removeEventListener(type, old[type], true); });
    var pointer = {
      'pointermove': [GLFW.onMousemove], 'pointerdown': [GLFW.onMousemove, GLFW.onMouseButtonDown],
      'pointerup': [GLFW.onMousemove, GLFW.onMouseButtonUp], 'pointerleave': [GLFW.onMouseleave]
    };
    Object.keys(pointer).forEach(function(type) {
      canvas.addEventListener(type, function(event) {
        if (event.isPrimary) pointer[type].forEach(function(handler) { handler(event); });
      });
    });
    // Not through GLFW's own listener, of which newer Emscriptens turn the direction around. 240 pixels double the size.
    canvas.addEventListener('wheel', function(event) {
      if (!event.ctrlKey && !event.metaKey) return;
      var pixels = event.deltaY * [1, 16, 400][event.deltaMode];
      if (Module['_lab_zoom'](-pixels / 240)) event.preventDefault();  // otherwise it is the browser's zoom
    });
  },

  // The canvas was made this large, in device pixels. GLFW's own way would ask for the whole screen at that one's size.
  glfw_resized__deps: ['$GLFW'],
  glfw_resized: function(width, height) {
    Object.assign(GLFW.active, {width: width, height: height, framebufferWidth: width, framebufferHeight: height});
    GLFW.onFramebufferSizeChanged();
  }
});
