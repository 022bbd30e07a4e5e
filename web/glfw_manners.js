// Teaches Emscripten's GLFW manners on a host page. It listens to keys on the whole window and swallows Backspace
// and Tab there, takes the wheel, and reads pointers in its own way; so keys move to the canvas, where Tab, Escape
// and the browser's shortcuts pass through, and the rest goes (index.js feeds pointers itself).
mergeInto(LibraryManager.library, {
  glfw_manners__deps: ['$GLFW'],
  glfw_manners: function() {
    var canvas = Module['canvas'];
    var keys = {'keydown': GLFW.onKeydown, 'keypress': GLFW.onKeyPress, 'keyup': GLFW.onKeyup};
    Object.keys(keys).forEach(function(type) {
      window.removeEventListener(type, keys[type], true);
      canvas.addEventListener(type, function(event) {
        var ours = event.key != 'Tab' && event.key != 'Escape' && !event.ctrlKey && !event.metaKey && !event.altKey;
        if (ours || type == 'keyup') keys[type](event);
      });
    });
    canvas.addEventListener('blur', GLFW.onBlur);
    var pointers = {
      'touchmove': GLFW.onMousemove, 'touchstart': GLFW.onMouseButtonDown, 'touchcancel': GLFW.onMouseButtonUp,
      'touchend': GLFW.onMouseButtonUp, 'mousemove': GLFW.onMousemove, 'mousedown': GLFW.onMouseButtonDown,
      'mouseup': GLFW.onMouseButtonUp, 'wheel': GLFW.onMouseWheel, 'mousewheel': GLFW.onMouseWheel,
      'mouseenter': GLFW.onMouseenter, 'mouseleave': GLFW.onMouseleave, 'drop': GLFW.onDrop,
      'dragover': GLFW.onDragover
    };
    Object.keys(pointers).forEach(function(type) { canvas.removeEventListener(type, pointers[type], true); });
  }
});
