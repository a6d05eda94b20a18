"""What may be typed to sign in and to change a password."""

from __future__ import annotations

from django import forms


class SignInForm(forms.Form):
    """Name and password, of any length and content: what is hopeless is answered like any other failure."""

    username = forms.CharField(strip=True)
    password = forms.CharField(strip=False, widget=forms.PasswordInput)


class PasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old = forms.CharField(strip=False, widget=forms.PasswordInput)
    new = forms.CharField(strip=False, widget=forms.PasswordInput)
    again = forms.CharField(strip=False, widget=forms.PasswordInput)
