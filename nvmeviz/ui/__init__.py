"""The Qt layer: widgets and painters that show `WindowFrame`s and turn input into messages.

It knows pixels, fonts and events of the window system, and nothing about queues beyond what a
frame says.
"""
