"""How figures look: palette, panels and text. Everything that draws imports matplotlib from here on down."""
